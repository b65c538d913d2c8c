/** Korean: what is kept on the phone, and settings. */

import type { Words } from "../en.ts";

export const keep: Words["keep"] = {
  heading: "이 휴대폰에 보관할까요?",
  why: "나중에 비교할 수 있도록 사진과 결과, 날짜를 이 브라우저에만 보관합니다. 이 휴대폰을 쓰는 사람은 누구나 볼 수 있습니다.",
  site: "점이 어디에 있나요?",
  noSite: "적지 않음",
  keep: "보관하기",
  keeping: "보관하는 중…",
  kept: "이 휴대폰에 보관했습니다. 첫 화면에서 볼 수 있습니다.",
  full: "휴대폰에 남은 공간이 없어 보관하지 못했습니다. 위의 결과는 그대로입니다.",
  refused: "이 브라우저는 아무것도 저장하지 않아(비공개 창 등) 보관하지 못했습니다. 위의 결과는 그대로입니다.",
};

export const history: Words["history"] = {
  heading: "이 휴대폰에 보관한 기록",
  noSite: "부위 적지 않음",
  verdicts: {
    suspicious: "가까운 시일 안에 진료 권유",
    not_suspicious: "의심되는 점이 발견되지 않음",
    cannot_tell: "판단할 수 없었음",
    mixed: "사진마다 결과가 달랐음",
  },
  estimate: (percent) => `당시 악성 추정값: ${percent}`,
  atThatTime: "당시의 결과입니다. 진단이 아닙니다.",
  photo: "확인한 사진",
  date: "날짜",
  site: "부위",
  answer: "결과",
  bundle: "신경망 판:",
  compare: "두 기록 비교",
  compareThis: "다른 기록과 비교",
  compareHeading: "두 기록 나란히 보기",
  first: "첫째 기록",
  second: "둘째 기록",
  change: "크기, 모양, 색이 조금이라도 달라졌다면 이 페이지의 결과와 관계없이 진료를 받으세요.",
  remove: "이 기록 삭제",
  reallyRemove: "이 기록을 휴대폰에서 삭제할까요? 되돌릴 수 없습니다.",
  notRemoved:
    "브라우저가 삭제하지 못해 기록이 그대로 있습니다. 다시 시도하거나 브라우저 설정에서 이 페이지의 데이터를 지워 주세요.",
  yesRemove: "예, 삭제합니다",
  noRemove: "아니요, 그대로 둡니다",
  back: "뒤로",
  exportAll: "모두 파일 하나로 저장",
  exportTitle: "확인한 점의 기록",
};

export const settings: Words["settings"] = {
  heading: "설정",
  open: "설정",
  language: "언어",
  theme: "화면 모드",
  themes: { system: "휴대폰 설정과 같게", light: "밝게", dark: "어둡게" },
  storage: "이 휴대폰에 보관한 기록",
  nothing: "보관한 기록이 없습니다.",
  used: (checks, bytes) => `기록 ${checks}개, 사진 용량 ${bytes}.`,
  mayVanish:
    "저장 공간이 모자라거나 이 페이지를 오래 쓰지 않으면 브라우저가 지울 수 있습니다. 꼭 남겨 둘 것은 파일로 저장해 주세요.",
  removeAll: "모두 삭제",
  reallyRemoveAll: "보관한 기록을 휴대폰에서 모두 삭제할까요? 되돌릴 수 없습니다.",
  notRemoved: "브라우저가 삭제하지 못했습니다. 브라우저 설정에서 이 페이지의 데이터를 지워 주세요.",
  back: "처음으로",
};
