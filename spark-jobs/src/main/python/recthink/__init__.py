"""recthink in PySpark: predict ratings and generate texts with a policy.

The classes call the classes of the same names in recthink.jar, which the session must have on its class path
(`spark.jars`). The module itself is in the jar too: `spark-submit --jars recthink.jar --py-files recthink.jar`.
"""

from recthink.pairs import examples_of_pairs
from recthink.transformers import RatingPredictor, TextGenerator

__all__ = ["RatingPredictor", "TextGenerator", "examples_of_pairs"]
