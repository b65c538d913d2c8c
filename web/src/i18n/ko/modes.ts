/** Korean: where it is computed, and what a dry run shows. */

import type { Words } from "../en.ts";

export const modes: Words["modes"] = {
  heading: "계산하는 곳",
  split: {
    name: "휴대폰과 서버가 나누어",
    what: "사진은 휴대폰에 남고 작은 숫자 묶음만 전송하며, 서버가 그 숫자를 결과로 바꿉니다.",
  },
  phone: {
    name: "모두 이 휴대폰에서",
    what: "아무것도 전송하지 않습니다. 신경망 전체를 여기에서 계산하며, 한 번 받아 두면 인터넷 없이도 됩니다.",
  },
  dry: {
    name: "시험 삼아 해 보기",
    what: "아무것도 전송하지 않으며 결과도 없습니다. 무엇이 전송될지 보여 드립니다.",
  },
  fetches: (bytes) => `처음 한 번 ${bytes}를 받습니다.`,
  notOffered: "이 서버는 신경망의 뒷부분을 내주지 않아 휴대폰에서 계산할 수 없습니다.",
  notKnown: "이 서버가 내주는지는 신경망의 앞부분을 받은 뒤에 알 수 있습니다.",
  chosen: {
    phone: "설정에서 고르신 대로 아무것도 전송하지 않고 모두 이 휴대폰에서 계산합니다.",
    dry: "설정에서 고르신 대로 시험 삼아 해 봅니다. 아무것도 전송하지 않으며 결과도 없습니다.",
  },
};

export const unsent: Words["unsent"] = {
  heading: "아무것도 전송하지 않았습니다",
  what: "시험 삼아 해 보았습니다. 신경망의 앞부분이 이 휴대폰에서 사진을 숫자로 바꾸고 거기에서 멈추었습니다. 아래는 실제로 확인할 때 전송할 내용 그대로입니다.",
  noAnswer: "그래서 결과는 없습니다.",
  would: "전송할 내용",
  send: (bytes) => `이 ${bytes}를 전송하고 결과 받기`,
};
