"""What a person does with the module in PySpark; PythonIT runs it. Arguments: the jar, the data folder, a policy, a
folder for output, and a configuration file with the prompt of the policy."""

import sys

jar, data, policy, output, configuration = sys.argv[1:]
sys.path.insert(0, jar)  # as spark-submit does with a jar after --py-files

from pyspark.ml import Pipeline, PipelineModel  # noqa: E402
from pyspark.sql import SparkSession, functions as F  # noqa: E402

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.jars", jar)
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

import recthink  # noqa: E402

assert recthink.__file__.startswith(jar), recthink.__file__
pairs = spark.createDataFrame(
    [("user-000001", "item-00003"), ("user-000002", "item-00004"), ("stranger", "item-00004")], ["userId", "itemId"]
).withColumn("time", F.lit("2024-10-01").cast("timestamp"))
examples = recthink.examples_of_pairs(spark, data, pairs)
assert examples.where("NOT seenUser").select("userId").collect() == [("stranger",)]

with open(configuration) as file:
    yaml = file.read()
predictor = recthink.RatingPredictor(modelUrl=policy, configuration=yaml, traceCol="trace", outputCol="rating")
rated = {row.userId: (row.rating, row.trace) for row in predictor.transform(examples).collect()}
print("RATED", sorted((user, rating) for user, (rating, _) in rated.items()))
assert len(rated) == 3 and all("<rate>" in trace for _, trace in rated.values()), rated

# The setters say the same as the arguments.
by_setters = (
    recthink.RatingPredictor()
    .setModelUrl(policy)
    .setEngine("PyTorch")
    .setConfiguration(yaml)
    .setOutputCol("rating")
    .setBatchSize(2)
)
assert {row.userId: row.rating for row in by_setters.transform(examples).collect()} == {
    user: rating for user, (rating, _) in rated.items()
}

# Columns of other names, in a pipeline too.
names = ["target", "userHistory", "itemHistory", "userMean", "itemMean"]
other = examples.select("userId", *(F.col(name).alias("my " + name) for name in names))
by_columns = recthink.RatingPredictor(
    modelUrl=policy, configuration=yaml, outputCol="rating", inputCols=["my " + name for name in names]
)
by_columns.save(output + "/by_columns")
found = recthink.RatingPredictor.load(output + "/by_columns").transform(other)
assert found.columns == other.columns + ["rating"]
assert {row.userId: row.rating for row in found.collect()} == {user: rating for user, (rating, _) in rated.items()}

# In a pipeline, saved and loaded, and with another parameter.
Pipeline(stages=[predictor]).fit(examples).save(output + "/pipeline")
again = PipelineModel.load(output + "/pipeline").transform(examples)
assert {row.userId: (row.rating, row.trace) for row in again.collect()} == rated
predictor.save(output + "/predictor")
loaded = recthink.RatingPredictor.load(output + "/predictor")
assert loaded.getOrDefault(loaded.outputCol) == "rating"
assert "other" in loaded.transform(examples, {loaded.outputCol: "other"}).columns

texts = spark.createDataFrame([("4 great sound. target sound",), (None,), ("4 great sound. target sound",)], ["text"])
generator = recthink.TextGenerator(modelUrl=policy, maxTokens=12)
answers = [row.completion for row in generator.generate(texts).collect()]
assert answers[1] is None and answers[0] == answers[2] and answers[0], answers
print("GENERATED", answers[0])

for wrong, words in (
    (lambda: recthink.RatingPredictor().transform(examples), "modelUrl is not set"),
    (lambda: recthink.RatingPredictor(modelUrl=policy + "-absent").transform(examples), "is neither the folder"),
    (lambda: recthink.RatingPredictor(modelUrl=policy, inputCols=["a"]).transform(examples), "2 to 5 columns"),
    (lambda: recthink.TextGenerator(modelUrl=policy, inputCol="question").transform(texts), "there is no column question"),
    (lambda: recthink.TextGenerator(maxTokens=0, modelUrl=policy).transform(texts).collect(), "maxTokens"),
):
    try:
        wrong()
    except Exception as e:  # Py4JJavaError, or PySpark's own
        assert words in str(e), str(e)
    else:
        raise AssertionError(words)
print("DONE")
