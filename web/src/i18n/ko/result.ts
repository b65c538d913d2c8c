/** Korean: the answer. */

import type { Words } from "../en.ts";
import { oneIn } from "../numbers.ts";

export const result: Words["result"] = {
  answers: {
    suspicious: "가까운 시일 안에 의사에게 보여 주세요.",
    not_suspicious: "이 사진에서는 의심되는 점이 발견되지 않았습니다. 그렇다고 병이 없다는 뜻은 아닙니다.",
    cannot_tell: "이 사진으로는 판단할 수 없습니다.",
    mixed: "판단할 수 없습니다. 사진마다 결과가 다릅니다.",
  },
  noneSuspicious: "이 사진들에서는 의심되는 점이 발견되지 않았습니다. 그렇다고 병이 없다는 뜻은 아닙니다.",
  mixedSuspicious: "판단할 수 없습니다. 사진마다 결과가 다르니 의사에게 보여 주세요.",
  agreed: (photos) => `사진 ${photos}장의 결과가 모두 같습니다.`,
  disagreed: (suspicious, photos) =>
    `의심되는 사진: ${photos}장 중 ${suspicious}장. 같은 점이라도 빛, 각도, 선명도에 따라 결과가 다를 수 있어 사진 한 장으로 정할 수 없습니다.`,
  worstShown: "아래 사진과 수치는 결과가 가장 나쁜 사진의 것입니다.",
  cannotTellWhy:
    "점을 가까이 찍은 사진으로도, 더모스코프(의사용 피부 확대경)로 찍은 사진으로도 보이지 않아 추정하지 않았습니다.",
  cannotTellTodo:
    "밝은 곳에서 점이 가운데에 선명하게 오고 둘레에 피부가 조금 보이도록 가까이 다시 찍어 주세요. 점이 걱정되면 더 나은 사진을 기다리지 말고 의사에게 보여 주세요.",
  again: "다시 찍기",
  kind: {
    phone: "휴대폰으로 가까이 찍은 사진으로 보입니다. 이 결과는 그런 사진에 대한 것입니다.",
    dermoscopic: "더모스코프(의사용 피부 확대경)로 찍은 사진으로 보입니다. 이 결과는 그런 사진에만 해당합니다.",
  },
  kindUnexpected:
    "신경망에는 이 사진이 더모스코프(의사용 피부 확대경)로 찍은 것처럼 보이며, 이 결과는 그런 사진에만 해당합니다. 확대경 없이 카메라로 찍으셨다면 수치가 틀릴 수 있으니 다시 찍어 보시고, 점이 걱정되면 진료를 받으세요.",
  notDiagnosis: "이 결과는 진단이 아닙니다. 정확한 판단은 의사만 할 수 있습니다.",
  photo: "사진에서 살펴본 부분",
  numbers: "신경망의 추정",
  malignant: "악성",
  malignantMeans: "피부암",
  benign: "양성",
  benignMeans: "암이 아님",
  frequency: (malignant, benign) =>
    `신경망이 이 사진과 비슷하게 평가한 사진 100장 가운데 약 ${malignant}장이 피부암이고 약 ${benign}장은 아닙니다.`,
  frequencyLess: "신경망이 이 사진과 비슷하게 평가한 사진 100장 가운데 피부암은 1장보다 적습니다.",
  frequencyMore: "신경망이 이 사진과 비슷하게 평가한 사진 100장 가운데 99장이 넘게 피부암입니다.",
  lessThan: (percent) => `${percent} 미만`,
  moreThan: (percent) => `${percent} 초과`,
  threshold: (percent) =>
    `악성 확률이 ${percent} 이상이면 진료를 권합니다. 기준을 일부러 낮게 정했습니다. 암을 놓치는 것보다 괜한 걱정이 낫기 때문입니다.`,
  prevalence: (share) =>
    `이 확률은 보정에 쓴 사진들과 비슷한 경우에 맞습니다. 그 사진들은 ${oneIn(share, "ko")} 악성이었고, 이는 일상에서 보는 점보다 훨씬 높은 비율입니다.`,
  prevalenceOf: {
    phone: (share) =>
      `이 확률은 보정에 쓴 휴대폰 사진들과 비슷한 경우에 맞습니다. 그 사진들은 ${oneIn(share, "ko")} 악성이었고, 이는 일상에서 보는 점보다 훨씬 높은 비율입니다.`,
    dermoscopic: (share) =>
      `이 확률은 보정에 쓴 더모스코프 사진들과 비슷한 경우에 맞습니다. 그 사진들은 ${oneIn(share, "ko")} 악성이었고, 이는 일상에서 보는 점보다 훨씬 높은 비율입니다.`,
  },
  assume: "악성이 더 드물다면?",
  assumeLabel: "비슷한 점 가운데 악성의 비율을 이렇게 가정합니다.",
  assumeNone: "보정에 쓴 사진과 같은 비율",
  assumeOneIn: (many) => `${many}개 중 1개`,
  assumed: (percent) => `그렇게 가정하면 이 사진의 추정값은 악성 ${percent}입니다.`,
  assumeLimits:
    "이것은 계산일 뿐, 사진을 다시 살펴본 것이 아닙니다. 위의 권고는 그대로입니다. 걱정되어 살펴보는 점 가운데 암이 얼마나 드문지는 아무도 모릅니다.",
  sure: "얼마나 믿을 수 있나요?",
  phonePhotos: "휴대폰 사진",
  dermoscopicPhotos: "더모스코프(의사용 피부 확대경) 사진",
  measured: (images, kind, malignantImages) =>
    `처음 보는 ${kind} ${images}장(악성 ${malignantImages}장)으로 시험한 결과:`,
  found: (share, low, high) => `악성 100개 중 ${share}개를 찾아냈습니다 (아마도 ${low}~${high}개)`,
  spared: (share, low, high) => `양성 100개 중 ${share}개에는 경고하지 않았습니다 (아마도 ${low}~${high}개)`,
  calibration: (points) => `백분율은 평균 ${points}%포인트만큼 빗나갔습니다`,
  notMeasured: {
    phone: "이런 휴대폰 사진에서 얼마나 맞는지는 시험하지 않았습니다. 이 결과에 의지하지 마세요.",
    dermoscopic: "이런 더모스코프 사진에서 얼마나 맞는지는 시험하지 않았습니다. 이 결과에 의지하지 마세요.",
  },
  skinTones: "시험한 사진은 대부분 밝은 피부입니다. 다른 피부색에서는 더 자주 틀릴 수 있습니다.",
  doctor: "이럴 때는 진료를 받으세요",
  whatever: "점이 변하거나, 피가 나거나, 가렵거나, 다른 점과 달라 보이면 결과와 관계없이 진료를 받으세요.",
  abcdeLead: "의사는 다음과 같은 특징을 살펴봅니다.",
  abcde: [
    ["A", "비대칭", "한쪽 절반이 다른 쪽과 다름"],
    ["B", "경계", "가장자리가 들쭉날쭉하거나 흐릿함"],
    ["C", "색", "갈색, 검은색, 붉은색, 흰색, 푸른색이 섞여 있음"],
    ["D", "크기", "지름이 6 mm보다 크거나 커지고 있음"],
    ["E", "변화", "크기, 모양, 색이 달라짐"],
  ],
  sentHeading: "사진은 여기에 그대로 있습니다",
  sent: (bytes) => `숫자 ${bytes}만 전송했습니다. 사진은 전송하지 않았습니다.`,
  sentAndTold: (bytes) =>
    `숫자 ${bytes}만 전송했습니다. 알려 주신 내용도 그 안에 숫자로 들어 있습니다. 사진은 전송하지 않았습니다.`,
  notSent: "아무것도 전송하지 않았습니다. 사진과 숫자, 결과 모두 이 휴대폰에 있습니다.",
  how: "어떻게 계산했나요",
  another: "다른 점 확인하기",
};
