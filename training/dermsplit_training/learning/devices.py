"""Training on several devices or hosts, by TensorFlow's tf.distribute."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import keras

Strategy = Literal["none", "mirrored", "multi-worker"]


def open_devices(strategy: Strategy) -> "Devices":
    import tensorflow as tf

    if strategy == "none":
        return Devices()
    if strategy == "mirrored":
        devices = [device.name.removeprefix("/physical_device:") for device in tf.config.list_logical_devices("GPU")]
        devices = [d.name for d in (tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU"))]
        return Replicas(tf.distribute.MirroredStrategy(devices), True)
    s = tf.distribute.MultiWorkerMirroredStrategy()
    return Replicas(s, s.cluster_resolver.task_id == 0)


class Devices:
    replicas = 1
    chief = True

    def scope(self):
        return nullcontext()

    def trainer(self, inputs, outputs, name):
        return keras.Model(inputs, outputs, name=name)

    def epoch_batches(self, batches):
        return batches


class Replicas(Devices):
    def __init__(self, strategy, chief):
        self._strategy = strategy
        self.replicas = strategy.num_replicas_in_sync
        self.chief = chief

    def scope(self):
        return self._strategy.scope()

    def trainer(self, inputs, outputs, name):
        return _ReplicatedTrainer(inputs, outputs, name=name)

    def epoch_batches(self, batches):
        import tensorflow as tf

        first = keras.tree.lists_to_tuples(batches[0])
        rows = len(keras.tree.flatten(first)[0]) // self.replicas
        spec = keras.tree.map_structure(lambda a: tf.TensorSpec((rows, *a.shape[1:]), a.dtype), first)

        def parts(context):
            local = context.num_replicas_in_sync // context.num_input_pipelines
            numbers = range(context.input_pipeline_id * local, (context.input_pipeline_id + 1) * local)

            def slices():
                for index in range(len(batches)):
                    batch = keras.tree.lists_to_tuples(batches[index])
                    for number in numbers:
                        yield keras.tree.map_structure(lambda a: a[number * rows : (number + 1) * rows], batch)

            dataset = tf.data.Dataset.from_generator(slices, output_signature=spec)
            return dataset.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)).prefetch(
                tf.data.AUTOTUNE
            )

        return _Epoch(self._strategy.distribute_datasets_from_function(parts), len(batches), keras.tree.map_structure(lambda a: a[:rows], first))


@dataclass(frozen=True)
class _Epoch:
    dataset: Any
    steps: int
    example: Any


class _ReplicatedTrainer(keras.Model):
    def fit(self, x, **settings):
        with self.distribute_strategy.scope():
            self._symbolic_build(data_batch=x.example)
        history = super().fit(x.dataset, steps_per_epoch=x.steps, **settings)
        self._average_moving_statistics()
        return history

    def make_train_function(self, force=False):
        import tensorflow as tf

        if self.train_function is not None and not force:
            return
        strategy = self.distribute_strategy

        @tf.function
        def train(iterator):
            logs = strategy.run(self.train_step, args=(next(iterator),))
            return {name: strategy.reduce("MEAN", value, axis=None) for name, value in logs.items()}

        self.train_function = train

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        pass

    def _average_moving_statistics(self):
        import tensorflow as tf

        variables = [v for v in self.non_trainable_variables if v.path.endswith(("moving_mean", "moving_variance"))]
        if not variables:
            return

        def average():
            means = tf.distribute.get_replica_context().all_reduce("MEAN", [tf.identity(v.value) for v in variables])
            for v, mean in zip(variables, means):
                v.assign(mean)

        tf.function(lambda: self.distribute_strategy.run(average))()
