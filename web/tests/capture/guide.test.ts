import { describe, expect, test } from "vitest";
import { guideToVideo, pointToVideo } from "../../src/capture/guide.ts";

const side = ({ left, right }: { left: number; right: number }) => right - left;

describe("the square round the guide", () => {
  test("a wide video on a tall screen: the sides are cut off, the height fits", () => {
    // 844 screen pixels show 1080 video pixels: one is 1.2796. The guide of 300 is 384 wide, in the middle of 1920x1080.
    const view = { left: 0, top: 0, width: 390, height: 844 };
    const box = guideToVideo(view, { left: 45, top: 272, width: 300, height: 300 }, { width: 1920, height: 1080 });
    expect(side(box)).toBe(384);
    expect(box).toEqual({ left: 768, top: 348, right: 1152, bottom: 732 });
  });

  test("a guide above the middle lies above the middle of the video", () => {
    const view = { left: 0, top: 0, width: 400, height: 800 };
    const box = guideToVideo(view, { left: 100, top: 100, width: 200, height: 200 }, { width: 800, height: 800 });
    expect(box).toEqual({ left: 300, top: 100, right: 500, bottom: 300 });
  });

  test("a tall video on a wide screen: top and bottom are cut off", () => {
    const view = { left: 10, top: 20, width: 1000, height: 500 };
    const box = guideToVideo(view, { left: 410, top: 170, width: 200, height: 200 }, { width: 500, height: 1000 });
    expect(box).toEqual({ left: 200, top: 450, right: 300, bottom: 550 });
  });

  test("it never leaves the picture and is never empty", () => {
    const view = { left: 0, top: 0, width: 100, height: 100 };
    const video = { width: 50, height: 40 };
    expect(guideToVideo(view, { left: -80, top: -80, width: 400, height: 400 }, video)).toEqual({
      left: 0,
      top: 0,
      right: 40,
      bottom: 40,
    });
    expect(side(guideToVideo(view, { left: 200, top: 200, width: 0, height: 0 }, video))).toBe(1);
  });
});

describe("a point of the screen", () => {
  // 844 screen pixels show 1080 video pixels; of 1920 across, 499 are seen, from 710.5 on.
  const view = { left: 0, top: 0, width: 390, height: 844 };
  const video = { width: 1920, height: 1080 };

  test("lies in the video where it is seen", () => {
    expect(pointToVideo(view, { x: 195, y: 422 }, video)).toEqual({ x: 0.5, y: 0.5 });
    const { x, y } = pointToVideo(view, { x: 0, y: 211 }, video);
    expect(x).toBeCloseTo(0.37, 3);
    expect(y).toBeCloseTo(0.25, 3);
  });

  test("outside of it counts as its edge", () => {
    expect(pointToVideo(view, { x: -4000, y: 900 }, video)).toEqual({ x: 0, y: 1 });
  });
});
