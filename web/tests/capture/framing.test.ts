import { expect, test } from "vitest";
import { dragged, pinched, zoomed, zoomOf } from "../../src/capture/framing.ts";
import { centreSquare } from "../../src/contract/input.ts";

const photo = { width: 400, height: 300 };
const whole = centreSquare(photo.width, photo.height);
const middle = { x: 0.5, y: 0.5 };

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

test("zooming about a place leaves what is there where it is", () => {
  expect(zoomed(whole, photo, 3, { x: 0, y: 0 })).toEqual({ left: 50, top: 0, right: 150, bottom: 100 });
  expect(zoomed(whole, photo, 3, { x: 1, y: 0.5 })).toEqual({ left: 250, top: 100, right: 350, bottom: 200 });
});

test("the picture follows the finger, and stops at its edges", () => {
  const close = zoomed(whole, photo, 3);
  expect(dragged(close, photo, middle, { x: 0.6, y: 0.4 })).toEqual({ left: 140, top: 110, right: 240, bottom: 210 });
  expect(dragged(whole, photo, middle, { x: 0.4, y: 0.3 })).toEqual({ left: 80, top: 0, right: 380, bottom: 300 });
  expect(dragged(whole, photo, middle, { x: 9, y: 0 })).toEqual({ left: 0, top: 0, right: 300, bottom: 300 });
  const corner = dragged(close, photo, middle, { x: -9, y: -9 });
  expect(corner).toEqual({ left: 300, top: 200, right: 400, bottom: 300 });
  expect(zoomed(corner, photo, 1.5)).toEqual({ left: 200, top: 100, right: 400, bottom: 300 });
});

test("two fingers twice as far apart magnify twice about the place between them", () => {
  const from = [
    { x: 0.4, y: 0.5 },
    { x: 0.6, y: 0.5 },
  ] as const;
  const apart = [
    { x: 0.3, y: 0.5 },
    { x: 0.7, y: 0.5 },
  ] as const;
  expect(pinched(whole, photo, from, apart)).toEqual({ left: 125, top: 75, right: 275, bottom: 225 });
  expect(zoomOf(pinched(whole, photo, [middle, middle], apart), photo)).toBeCloseTo(8, 0);
  expect(pinched(zoomed(whole, photo, 2), photo, apart, [middle, middle])).toEqual(whole);
});
