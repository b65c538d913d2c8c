/** English: the answer. */

import { oneIn } from "../numbers.ts";

export const result = {
  answers: {
    suspicious: "Have this looked at by a doctor soon.",
    not_suspicious: "Nothing suspicious was found in this photo. That does not rule out disease.",
    cannot_tell: "We cannot tell from this photo.",
    mixed: "We cannot tell: your photos do not agree.",
  },
  noneSuspicious: "Nothing suspicious was found in these photos. That does not rule out disease.",
  mixedSuspicious: "We cannot tell: your photos do not agree. Have the mole looked at by a doctor.",
  agreed: (photos: number) => (photos === 2 ? "Both photos say the same." : `All ${photos} photos say the same.`),
  disagreed: (suspicious: number, photos: number) =>
    `Suspicious: ${suspicious} of ${photos} photos. Photos of one mole may differ in light, angle or sharpness, and no single one settles it.`,
  worstShown: "The picture and the numbers are of the photo that looks worst.",
  cannotTellWhy:
    "It looks neither like a close-up of a mole nor like a picture through a skin lens, so there is no estimate.",
  cannotTellTodo:
    "Take it again: close, in good light, the mole sharp and in the middle, with some skin all round it. If the mole worries you, do not wait for a better photo: show it to a doctor.",
  again: "Take another photo",
  kind: {
    phone: "Your photo looks like a close-up taken with a phone. The answer is for such photos.",
    dermoscopic:
      "Your photo looks like one taken through a skin lens (dermatoscope). The answer is for such pictures only.",
  },
  kindUnexpected:
    "To the network this looks like a picture taken through a skin lens (dermatoscope), and the answer is for such pictures only. If you used the camera without such a lens, the numbers may be wrong: take the photo again, and see a doctor if the mole worries you.",
  notDiagnosis: "This is not a diagnosis. Only a doctor can tell.",
  photo: "The part of your photo that was looked at",
  numbers: "What the network estimates",
  malignant: "Malignant",
  malignantMeans: "skin cancer",
  benign: "Benign",
  benignMeans: "not cancer",
  frequency: (malignant: string, benign: string) =>
    `Of 100 photos that the network rates like this one, about ${malignant} show skin cancer and about ${benign} do not.`,
  frequencyLess: "Of 100 photos that the network rates like this one, fewer than 1 shows skin cancer.",
  frequencyMore: "Of 100 photos that the network rates like this one, more than 99 show skin cancer.",
  lessThan: (percent: string) => `less than ${percent}`,
  moreThan: (percent: string) => `more than ${percent}`,
  threshold: (percent: string) =>
    `From ${percent} malignant upwards, the advice is to see a doctor. The line is drawn this low on purpose: a false alarm is better than a missed cancer.`,
  prevalence: (share: number) =>
    `These percentages hold for pictures like those it was calibrated on, of which ${oneIn(share, "en")} malignant. That is far more than among moles at home.`,
  prevalenceOf: {
    phone: (share: number) =>
      `These percentages hold for phone photos like those it was calibrated on, of which ${oneIn(share, "en")} malignant. That is far more than among moles at home.`,
    dermoscopic: (share: number) =>
      `These percentages hold for skin-lens pictures like those it was calibrated on, of which ${oneIn(share, "en")} malignant. That is far more than among moles at home.`,
  },
  assume: "What if fewer moles were malignant?",
  assumeLabel: "Suppose that, of moles like yours, this many are malignant:",
  assumeNone: "as among those pictures",
  assumeOneIn: (many: number) => `one in ${many}`,
  assumed: (percent: string) => `Then the estimate for this photo would be: malignant ${percent}.`,
  assumeLimits:
    "This is arithmetic, not a second look at your photo. The advice above stays as it is: nobody knows how rare cancer is among moles that worried somebody.",
  sure: "How sure is this?",
  phonePhotos: "phone photos",
  dermoscopicPhotos: "pictures taken through a dermatoscope (a doctor's magnifier)",
  measured: (images: string, kind: string, malignantImages: string) =>
    `Tested on ${images} ${kind}, none seen before, ${malignantImages} of them malignant:`,
  found: (share: string, low: string, high: string) =>
    `of 100 malignant ones it pointed out ${share} (probably ${low} to ${high})`,
  spared: (share: string, low: string, high: string) =>
    `of 100 benign ones it gave ${share} no warning (probably ${low} to ${high})`,
  calibration: (points: string) => `its percentages were off by ${points} points on average`,
  notMeasured: {
    phone: "How often it is right on phone photos like yours has not been tested. Do not rely on it.",
    dermoscopic: "How often it is right on skin-lens pictures like yours has not been tested. Do not rely on it.",
  },
  skinTones: "Most of these pictures show light skin. On other skin it may be wrong more often.",
  doctor: "When to see a doctor",
  whatever: "If a mole changes, bleeds, itches or looks unlike your others, see a doctor whatever this says.",
  abcdeLead: "Doctors look for these signs:",
  abcde: [
    ["A", "Asymmetry", "one half does not match the other"],
    ["B", "Border", "ragged, notched or blurred edges"],
    ["C", "Colour", "several shades of brown, black, red, white or blue"],
    ["D", "Diameter", "larger than 6 mm, or growing"],
    ["E", "Evolving", "any change in size, shape or colour"],
  ] as readonly (readonly [string, string, string])[],
  sentHeading: "Your photo stayed here",
  sent: (bytes: string) => `${bytes} of numbers were sent. The photo was not.`,
  sentAndTold: (bytes: string) =>
    `${bytes} of numbers were sent, what you told about yourself among them. The photo was not.`,
  notSent: "Nothing was sent: the photo, the numbers and the answer stayed on this phone.",
  how: "How this worked",
  another: "Check another mole",
};
