from openpot.engine.hooks import find_overridden_hooks
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.simplified_engine import SimplifiedEngine


def test_engines_of_openpot_override_nothing():
    assert find_overridden_hooks(IEEngine({})) == frozenset()
    assert find_overridden_hooks(SimplifiedEngine({})) == frozenset()


def test_what_a_subclass_and_its_ancestors_define_is_found():
    class Filling(IEEngine):
        def _fill_input(self, model, image_batch):
            return {}

    class Predicting(Filling):
        def predict(self, *args):
            return None, {}

    assert find_overridden_hooks(Predicting({})) == {"_fill_input", "predict"}


def test_a_mixin_in_front_counts():
    class Mixin:
        def _collect_statistics(self, outputs, stats_layout, annotations=None):
            return None

    class Mixed(Mixin, IEEngine):
        pass

    assert find_overridden_hooks(Mixed({})) == {"_collect_statistics"}


def test_a_method_of_the_object_itself_counts():
    engine = IEEngine({})
    engine._process_batch = lambda batch: batch
    assert find_overridden_hooks(engine) == {"_process_batch"}


def test_post_processing_of_outputs_is_no_reason_to_run_one_by_one():
    class Segmentation(IEEngine):
        @staticmethod
        def postprocess_output(outputs, metadata):
            return []

    assert find_overridden_hooks(Segmentation({})) == frozenset()
