package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.col;

import io.recthink.spark.baseline.PredictionTable;
import io.recthink.spark.baseline.RatingSystem;
import io.recthink.spark.table.TrainReviews;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A trained network in a file, which tasks load to predict. */
final class FittedNetwork implements RatingSystem.Model {
    /** The predictions of a task; the reviews are those of the item that counted most, as place and weight. */
    static final StructType PREDICTED = new StructType()
            .add("rowId", DataTypes.StringType, false)
            .add("yhat", DataTypes.DoubleType, false)
            .add("cold", DataTypes.StringType, true)
            .add(
                    "attended",
                    DataTypes.createArrayType(
                            new StructType()
                                    .add("place", DataTypes.LongType, false)
                                    .add("weight", DataTypes.DoubleType, false),
                            false),
                    true);

    private final TrainingRequest request;
    private final TrainingResult result;
    private final ReviewCorpus corpus;
    private final Dataset<Row> texts;
    private final double seconds;

    /**
     * A trained network.
     *
     * @param texts rowId and review of the rows of the corpus, as {@link TrainReviews} hands them out
     * @param seconds the time of the trainings after the search
     */
    FittedNetwork(
            TrainingRequest request, TrainingResult result, ReviewCorpus corpus, Dataset<Row> texts, double seconds) {
        this.request = request;
        this.result = result;
        this.corpus = corpus;
        this.texts = texts;
        this.seconds = seconds;
    }

    @Override
    public Dataset<Row> predict(Dataset<Row> rows) {
        int partitions = rows.sparkSession().sparkContext().defaultParallelism();
        Dataset<Row> predicted = corpus.numbered(rows)
                .select(col("rowId"), col("user"), col("item"), col("time"), PredictionTable.cold(col("u"), col("i")))
                .coalesce(partitions) // each task loads the network
                .mapPartitions(new NetworkPrediction(request, result.file()), Encoders.row(PREDICTED));
        return request.form().itemReviews() == 0
                ? predicted.drop("attended")
                : Explanations.of(predicted, corpus.places(rows.sparkSession()), texts);
    }

    @Override
    public OptionalDouble trainingSeconds() {
        return OptionalDouble.of(seconds);
    }

    @Override
    public void close() {
        // the file is removed with the folder of the job
    }
}
