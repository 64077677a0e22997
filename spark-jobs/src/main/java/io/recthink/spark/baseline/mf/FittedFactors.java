package io.recthink.spark.baseline.mf;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.recthink.spark.baseline.Dictionary;
import io.recthink.spark.baseline.PredictionTable;
import io.recthink.spark.baseline.RatingSystem;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A trained factorisation as two tables, one of the users and one of the items: id, bias, factors as bytes (FP32,
 * big-endian). Spark computes the tables from the blocks of a {@link Training}, which stays open until {@link #close}.
 */
final class FittedFactors implements RatingSystem.Model {
    private final Dataset<Row> users;
    private final Dataset<Row> items;
    private final Prediction prediction;
    private final Training training;

    private FittedFactors(Dataset<Row> users, Dataset<Row> items, Prediction prediction, Training training) {
        this.users = users;
        this.items = items;
        this.prediction = prediction;
        this.training = training;
    }

    /** The factors after the epochs that the training has finished. */
    static FittedFactors of(BlockedRatings ratings, Training training, Prediction prediction) {
        JavaRDD<BlockState> states = training.states();
        return new FittedFactors(
                table(ratings.users(), "user", states.flatMap(state -> rows(state.userBlock(), state.users()))),
                table(ratings.items(), "item", states.flatMap(state -> rows(state.itemBlock(), state.items()))),
                prediction,
                training);
    }

    private static Iterator<Row> rows(int block, Factors factors) {
        int size = factors.biases().length;
        int d = size == 0 ? 0 : factors.values().length / size;
        return IntStream.range(0, size)
                .mapToObj(i -> RowFactory.create(block, i, factors.biases()[i], bytes(factors.values(), i * d, d)))
                .iterator();
    }

    private static byte[] bytes(float[] values, int from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES);
        bytes.asFloatBuffer().put(values, from, length);
        return bytes.array();
    }

    private static Dataset<Row> table(Dictionary ids, String name, JavaRDD<Row> rows) {
        StructType schema = new StructType()
                .add("block", DataTypes.IntegerType, false)
                .add("index", DataTypes.IntegerType, false)
                .add(name + "Bias", DataTypes.FloatType, false)
                .add(name + "Factors", DataTypes.BinaryType, false);
        return ids.places()
                .join(ids.places().sparkSession().createDataFrame(rows, schema), new String[] {"block", "index"})
                .select(ids.id(), name + "Bias", name + "Factors");
    }

    @Override
    public Dataset<Row> predict(Dataset<Row> rows) {
        UserDefinedFunction yhat = udf(rule(prediction), DataTypes.DoubleType);
        return rows.select("rowId", "userId", "itemId")
                .join(users, new String[] {"userId"}, "left")
                .join(items, new String[] {"itemId"}, "left")
                .select(
                        col("rowId"),
                        yhat.apply(col("userBias"), col("userFactors"), col("itemBias"), col("itemFactors"))
                                .as("yhat"),
                        PredictionTable.cold(col("userBias"), col("itemBias")));
    }

    private static UDF4<Float, byte[], Float, byte[], Double> rule(Prediction prediction) {
        return (userBias, userFactors, itemBias, itemFactors) -> prediction.of(
                factors(userBias, userFactors),
                userBias == null ? -1 : 0,
                factors(itemBias, itemFactors),
                itemBias == null ? -1 : 0);
    }

    private static Factors factors(Float bias, byte[] bytes) {
        if (bias == null) {
            return new Factors(new float[0], new float[0]);
        }
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return new Factors(new float[] {bias}, values);
    }

    @Override
    public void close() {
        training.close();
    }
}
