import { html, nothing } from "lit-html";
import type { Evaluation, Manifest, OperatingPoint } from "../contract/manifest.ts";
import { outOfHundred, wholeNumber } from "../i18n/numbers.ts";
import type { Say } from "./say.ts";

/** How often the network was right at this operating point, on which kind of picture: phone photos first. */
export function measured(say: Say, manifest: Manifest, point: OperatingPoint) {
  const { result } = say.words;
  const tests = testsAt(manifest, point);
  const onPhonePhotos = tests.some(({ domain }) => domain === "phone");
  return html`
    ${onPhonePhotos ? nothing : html`<p class="firm">${result.notMeasured}</p>`}
    ${tests.map((test) => oneTest(say, test))}
    <p class="quietly">${result.skinTones}</p>`;
}

type Test = Evaluation & Evaluation["operating_results"][number];

/** The network's test evaluations that hold a result for an operating point. */
export function testsAt(manifest: Manifest, point: OperatingPoint): Test[] {
  return manifest.evaluations
    .filter(({ part, model }) => part === "test" && model === "network")
    .flatMap((evaluation) =>
      evaluation.operating_results
        .filter(({ operating_point }) => operating_point === point.name)
        .map((outcome) => ({ ...evaluation, ...outcome })),
    )
    .sort((a, b) => Number(b.domain === "phone") - Number(a.domain === "phone"));
}

function oneTest({ words: { result }, language }: Say, test: Test) {
  const { sensitivity, specificity } = test;
  const kind = test.domain === "phone" ? result.phonePhotos : result.dermoscopicPhotos;
  const [images, malignant] = [wholeNumber(test.images, language), wholeNumber(test.malignant_images, language)];
  const low = outOfHundred(sensitivity.low);
  const spared = [specificity.value, specificity.low, specificity.high].map(outOfHundred) as [string, string, string];
  return html`
    <div class="test">
      <p>${result.measured(images, kind, malignant)}</p>
      <ul>
        <li>${result.found(outOfHundred(sensitivity.value), low, outOfHundred(sensitivity.high))}</li>
        <li>${result.spared(...spared)}</li>
        <li>${result.calibration(outOfHundred(test.calibration_error))}</li>
      </ul>
    </div>`;
}
