/** Korean: how it worked. */

import type { Words } from "../en.ts";

export const details: Words["details"] = {
  heading: "어떻게 계산했나요",
  back: "결과로 돌아가기",
  way: "신경망을 둘로 나누었습니다. 앞부분은 이 휴대폰에서 사진을 작은 숫자 묶음으로 바꾸었고, 뒷부분은 서버에서 그 숫자를 답으로 바꾸었습니다.",
  stayed: "휴대폰에 남은 것",
  stayedText: "사진과 그 안의 모든 정보(장소, 시간, 카메라).",
  input: (size) => `신경망은 ${size} × ${size} 화소의 이 정사각형을 보았습니다.`,
  inputPicture: "신경망이 본 정사각형",
  sent: "전송한 것",
  sentText: (total, features, json) => `모두 ${total}: 숫자(특징값) ${features}와 그 숫자를 설명하는 글 ${json}입니다.`,
  squeezed: (plain, sent) => `${plain}를 손실 없이 압축하여 실제로는 ${sent}만 전송했습니다.`,
  told: (bytes) => `나머지 ${bytes}는 알려 주신 내용을 서버가 읽을 수 있는 숫자로 바꾼 것입니다:`,
  toldNumbers: "숫자로",
  features: (count) =>
    `칸 하나는 신경망이 찾도록 배운 성질 하나를 사진의 위치별로 나타내며, 모두 ${count}칸입니다. 밝을수록 그 성질이 강합니다.`,
  featuresPicture: "전송한 숫자를 칸으로 그린 그림",
  couldSee:
    "서버는 여느 웹사이트처럼 이 숫자와 네트워크 주소를 봅니다. 숫자를 사진처럼 볼 수는 없지만, 애를 쓰면 대략의 모양과 색은 짐작할 수도 있습니다.",
  download: "전송한 숫자 저장",
  time: "걸린 시간",
  prepare: "사진 자르고 줄이기",
  head: "앞부분, 이 휴대폰",
  roundTrip: "전송과 대기 (서버 시간 포함)",
  server: "뒷부분, 서버",
  technical: "정확히 알고 싶은 분께",
  backend: "계산 방식",
  backends: { wasm: "WebAssembly (프로세서)", webgl: "WebGL (그래픽 프로세서)" },
  bundle: "신경망 판(번들)",
  cut: "나눈 자리(층)",
  card: "모델 카드(영문): 자료, 시험, 한계, 이용 조건",
};
