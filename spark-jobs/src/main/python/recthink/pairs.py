"""Examples of pairs that nobody has rated yet."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession, functions as F


def examples_of_pairs(spark: SparkSession, data: str, pairs: DataFrame) -> DataFrame:
    """Makes the examples of some pairs, for `RatingPredictor`.

    A pair sees all reviews of the data set that are strictly earlier than its time.

    data: folder that `recthink prepare` has written.
    pairs: the columns userId, itemId and perhaps time (a timestamp); without it, the pairs are asked now.
    """
    if "time" not in pairs.columns:
        pairs = pairs.withColumn("time", F.current_timestamp())
    java = spark.sparkContext._jvm.io.recthink.spark.prepare.PairExamples
    return DataFrame(java.of(spark._jsparkSession, data, pairs._jdf), spark)
