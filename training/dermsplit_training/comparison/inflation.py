"""What a leaking split adds to a result: a recipe as it was published beside the same one divided by group."""

from collections.abc import Sequence

from pydantic import Field

from dermsplit_contract.measures import Record
from dermsplit_training.comparison.rows import Row

PUBLISHED, GROUPED = "-as-published", "-grouped"


class Inflation(Record):
    """A pair of rows. Differences are published minus grouped, on the test part unless said otherwise."""

    name: str
    published: Row
    grouped: Row
    accuracy: float
    majority_rate: float
    balanced_accuracy: float
    auc: float | None = Field(description="None where one of the two has no AUC")
    validation_accuracy: float | None = Field(description="None where one of the two was not measured on validation")

    @property
    def sentence(self) -> str:
        """The finding in words."""
        before, after = self.published.test, self.grouped.test
        difference = f"{abs(self.accuracy):.3f}"
        found = f"{difference} {'higher' if self.accuracy > 0 else 'lower'} than" if float(difference) else "as high as"
        return (
            f"{self.name}: done as published, the accuracy is {before.accuracy.text} (majority rate "
            f"{before.majority_rate:.3f}), {found} with whole lesions or patients held out, {after.accuracy.text} "
            f"(majority rate {after.majority_rate:.3f}); done as published, {self.published.leaked_test_images} of "
            f"{before.images} test images are of a lesion or patient that is also in the train part."
        )


def find_pairs(rows: Sequence[Row]) -> list[Inflation]:
    """Pair the rows named X-as-published and X-grouped with equally many train images."""
    by_name = {(row.series, row.train_per_class): row for row in rows}
    pairs = []
    for row in rows:
        name = row.series.removesuffix(PUBLISHED)
        grouped = by_name.get((name + GROUPED, row.train_per_class))
        if name != row.series and grouped is not None:
            pairs.append(_pair(name, row, grouped))
    return pairs


def _pair(name: str, published: Row, grouped: Row) -> Inflation:
    before, after = published.test, grouped.test
    validated = [row.parts["validation"].accuracy.value for row in (published, grouped) if "validation" in row.parts]
    return Inflation(
        name=f"{name}, {published.train_per_class} a class" if published.train_per_class else name,
        published=published,
        grouped=grouped,
        accuracy=before.accuracy.value - after.accuracy.value,
        majority_rate=before.majority_rate - after.majority_rate,
        balanced_accuracy=before.balanced_accuracy.value - after.balanced_accuracy.value,
        validation_accuracy=validated[0] - validated[1] if len(validated) == 2 else None,
        auc=before.auc.value - after.auc.value if before.auc and after.auc else None,
    )
