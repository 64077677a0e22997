"""The transformers of recthink, for use alone or in a `Pipeline`."""

from __future__ import annotations

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql import DataFrame


class _Recthink(JavaTransformer, DefaultParamsReadable, DefaultParamsWritable):
    """A transformer whose work is done by the Java class of the same name."""

    _java_class: str

    modelUrl: Param[str] = Param(
        Params._dummy(),
        "modelUrl",
        "path or URL of the folder of a model or an adapter, a run folder, run@step, a registry or registry@version",
        typeConverter=TypeConverters.toString,
    )
    engine: Param[str] = Param(
        Params._dummy(), "engine", "the DJL engine; PyTorch", typeConverter=TypeConverters.toString
    )
    outputCol: Param[str] = Param(
        Params._dummy(), "outputCol", "column of the result", typeConverter=TypeConverters.toString
    )
    batchSize: Param[int] = Param(
        Params._dummy(), "batchSize", "prompts in one generation batch, at least 1", typeConverter=TypeConverters.toInt
    )

    def __init__(self, **defaults) -> None:
        super().__init__()
        try:
            self._java_obj = self._new_java_obj(self._java_class, self.uid)
        except TypeError as e:
            raise ImportError(
                f"{self._java_class} is not on the class path of Spark. Start the session with recthink.jar: "
                'SparkSession.builder.config("spark.jars", "/path/to/recthink.jar")'
            ) from e
        self._setDefault(engine="PyTorch", batchSize=32, **defaults)
        given = self._input_kwargs  # what keyword_only has seen
        self._set(**{name: value for name, value in given.items() if value is not None})

    def setModelUrl(self, value: str):
        """Sets the policy: a folder, a run folder, run@step, a registry or registry@version."""
        return self._set(modelUrl=value)

    def setEngine(self, value: str):
        """Sets the DJL engine; only PyTorch is supported."""
        return self._set(engine=value)

    def setOutputCol(self, value: str):
        """Sets the column of the result."""
        return self._set(outputCol=value)

    def setBatchSize(self, value: int):
        """Sets the number of prompts in one generation batch."""
        return self._set(batchSize=value)


class RatingPredictor(_Recthink):
    """Adds the greedy rating of each row, or null where the answer has no readable rating.

    The table has the columns of an example: target, userHistory, and perhaps itemHistory, userMean and itemMean.
    `inputCols` gives them other names; `inputCol` names a struct column with these fields. `examples_of_pairs` makes
    them from users and items.

    >>> RatingPredictor(modelUrl="work/run", outputCol="rating").transform(examples)  # doctest: +SKIP
    """

    _java_class = "io.recthink.spark.predict.RatingPredictor"

    inputCol: Param[str] = Param(
        Params._dummy(),
        "inputCol",
        "struct column with the columns of an example; not set: columns of the table itself",
        typeConverter=TypeConverters.toString,
    )
    inputCols: Param[list[str]] = Param(
        Params._dummy(),
        "inputCols",
        "columns for target, userHistory, itemHistory, userMean and itemMean, in this order; the last three may be left out",
        typeConverter=TypeConverters.toListString,
    )
    traceCol: Param[str] = Param(
        Params._dummy(), "traceCol", "column of the answer's text; not set: none", typeConverter=TypeConverters.toString
    )
    configuration: Param[str] = Param(
        Params._dummy(),
        "configuration",
        "YAML text of the sections prompt, rollout and model, for settings that the policy does not record",
        typeConverter=TypeConverters.toString,
    )
    minRating: Param[float] = Param(
        Params._dummy(), "minRating", "lowest rating of the scale", typeConverter=TypeConverters.toFloat
    )
    maxRating: Param[float] = Param(
        Params._dummy(), "maxRating", "highest rating of the scale", typeConverter=TypeConverters.toFloat
    )

    @keyword_only
    def __init__(
        self,
        *,
        modelUrl: str | None = None,
        engine: str = "PyTorch",
        inputCol: str | None = None,
        inputCols: list[str] | None = None,
        outputCol: str = "prediction",
        traceCol: str | None = None,
        configuration: str = "",
        batchSize: int = 32,
    ) -> None:
        super().__init__(outputCol="prediction", configuration="")

    def setInputCol(self, value: str) -> RatingPredictor:
        """Sets the struct column with the columns of an example."""
        return self._set(inputCol=value)

    def setInputCols(self, value: list[str]) -> RatingPredictor:
        """Sets the columns for target, userHistory, and perhaps itemHistory, userMean and itemMean, in this order."""
        return self._set(inputCols=value)

    def setTraceCol(self, value: str) -> RatingPredictor:
        """Adds a column with the text of the answer."""
        return self._set(traceCol=value)

    def setConfiguration(self, value: str) -> RatingPredictor:
        """Sets settings as in a configuration file; only prompt, rollout and model are used."""
        return self._set(configuration=value)

    def setScale(self, lowest: float, highest: float) -> RatingPredictor:
        """Sets the rating scale."""
        return self._set(minRating=lowest, maxRating=highest)


class TextGenerator(_Recthink):
    """One text column in, one text column out: each text is the message of a user to the model.

    >>> TextGenerator(modelUrl="models/Qwen2.5-0.5B-Instruct", inputCol="question").generate(table)  # doctest: +SKIP
    """

    _java_class = "io.recthink.spark.predict.TextGenerator"

    inputCol: Param[str] = Param(
        Params._dummy(), "inputCol", "text column with the messages of users", typeConverter=TypeConverters.toString
    )
    maxTokens: Param[int] = Param(
        Params._dummy(), "maxTokens", "largest number of tokens of an answer", typeConverter=TypeConverters.toInt
    )
    temperature: Param[float] = Param(
        Params._dummy(),
        "temperature",
        "divides the logits; 0: the likeliest token each time",
        typeConverter=TypeConverters.toFloat,
    )
    seed: Param[int] = Param(
        Params._dummy(), "seed", "seed of the random numbers", typeConverter=TypeConverters.toInt
    )

    @keyword_only
    def __init__(
        self,
        *,
        modelUrl: str | None = None,
        engine: str = "PyTorch",
        inputCol: str = "text",
        outputCol: str = "completion",
        batchSize: int = 32,
        maxTokens: int = 256,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__(inputCol="text", outputCol="completion", maxTokens=256, temperature=0.0, seed=0)

    def setInputCol(self, value: str) -> TextGenerator:
        """Sets the text column with the messages of users."""
        return self._set(inputCol=value)

    def setMaxTokens(self, value: int) -> TextGenerator:
        """Sets the largest number of tokens of an answer."""
        return self._set(maxTokens=value)

    def setTemperature(self, value: float) -> TextGenerator:
        """Sets the temperature; 0 takes the likeliest token each time."""
        return self._set(temperature=value)

    def setSeed(self, value: int) -> TextGenerator:
        """Sets the seed of the random numbers."""
        return self._set(seed=value)

    def generate(self, dataset: DataFrame) -> DataFrame:
        """The same as `transform`, under the name of DJL's extension."""
        return self.transform(dataset)
