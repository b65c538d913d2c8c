import { expect, test } from "vitest";
import { moved, zoomed, zoomOf } from "../../src/capture/framing.ts";
import { centreSquare } from "../../src/contract/input.ts";

const photo = { width: 400, height: 300 };
const whole = centreSquare(photo.width, photo.height);

test("zooming keeps the centre and whole pixels, and goes back to the exact centre square", () => {
  const close = zoomed(whole, photo, 3);
  expect(close).toEqual({ left: 150, top: 100, right: 250, bottom: 200 });
  expect(zoomOf(close, photo)).toBe(3);
  expect(zoomed(close, photo, 1)).toEqual(whole);
});

test("zoom has bounds", () => {
  expect(zoomed(whole, photo, 0.2)).toEqual(whole);
  expect(zoomOf(zoomed(whole, photo, 100), photo)).toBeCloseTo(8, 0);
});

test("moving stops at the edges of the picture", () => {
  expect(moved(whole, photo, 20.4, 50)).toEqual({ left: 70, top: 0, right: 370, bottom: 300 });
  expect(moved(whole, photo, -500, 0)).toEqual({ left: 0, top: 0, right: 300, bottom: 300 });
  const corner = moved(zoomed(whole, photo, 3), photo, 999, 999);
  expect(corner).toEqual({ left: 300, top: 200, right: 400, bottom: 300 });
  expect(zoomed(corner, photo, 1.5)).toEqual({ left: 200, top: 100, right: 400, bottom: 300 });
});
