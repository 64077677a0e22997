package io.recthink.spark.table;

import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The schemas of the Parquet tables. Names and types are a public interface: change one only together with its
 * documentation and its readers. Spark reads every Parquet column as nullable; nullable here means that a null has a
 * meaning.
 */
public final class Tables {
    private static final boolean REQUIRED = false;
    private static final boolean OPTIONAL = true;
    private static final ArrayType INTEGERS = DataTypes.createArrayType(DataTypes.IntegerType, false);

    /** The facts about an item that are known at any time; no text of a review. */
    public static final StructType TARGET = new StructType()
            .add("title", DataTypes.StringType, OPTIONAL)
            .add("categories", DataTypes.createArrayType(DataTypes.StringType, false), OPTIONAL)
            .add("brand", DataTypes.StringType, OPTIONAL)
            .add("price", DataTypes.StringType, OPTIONAL)
            .add("description", DataTypes.StringType, OPTIONAL);

    /** One earlier review by the user of the row, of another item. */
    public static final StructType USER_HISTORY_ENTRY = new StructType()
            .add("itemId", DataTypes.StringType, REQUIRED)
            .add("title", DataTypes.StringType, OPTIONAL)
            .add("time", DataTypes.TimestampType, REQUIRED)
            .add("rating", DataTypes.DoubleType, REQUIRED)
            .add("summary", DataTypes.StringType, OPTIONAL)
            .add("review", DataTypes.StringType, OPTIONAL);

    /** One earlier review of the item of the row, by another user. */
    public static final StructType ITEM_HISTORY_ENTRY = new StructType()
            .add("userId", DataTypes.StringType, REQUIRED)
            .add("time", DataTypes.TimestampType, REQUIRED)
            .add("rating", DataTypes.DoubleType, REQUIRED)
            .add("summary", DataTypes.StringType, OPTIONAL)
            .add("review", DataTypes.StringType, OPTIONAL);

    /**
     * The review of the example with the same row id. Jobs that predict read texts only through {@link TrainReviews}.
     * The table exists also so that later rows can be appended to a data set, because their histories contain these
     * reviews.
     */
    public static final StructType REVIEWS = new StructType()
            .add("rowId", DataTypes.StringType, REQUIRED)
            .add("userId", DataTypes.StringType, REQUIRED)
            .add("itemId", DataTypes.StringType, REQUIRED)
            .add("time", DataTypes.TimestampType, REQUIRED)
            .add("rating", DataTypes.DoubleType, REQUIRED)
            .add("summary", DataTypes.StringType, OPTIONAL)
            .add("review", DataTypes.StringType, OPTIONAL);

    /**
     * One (user, item, time) to predict. {@code split} is train, validation or test; {@code pool} is coldStart, sft, rl
     * or null. Histories are ascending in time and strictly earlier than {@code time}. {@code userMean} and
     * {@code itemMean} are means over all earlier records that the row may see, not only the records in its histories;
     * null when there are none. {@code nUser} and {@code nItem} count the earlier train records.
     */
    public static final StructType EXAMPLES = new StructType()
            .add("rowId", DataTypes.StringType, REQUIRED)
            .add("userId", DataTypes.StringType, REQUIRED)
            .add("itemId", DataTypes.StringType, REQUIRED)
            .add("time", DataTypes.TimestampType, REQUIRED)
            .add("truth", DataTypes.DoubleType, REQUIRED)
            .add("split", DataTypes.StringType, REQUIRED)
            .add("pool", DataTypes.StringType, OPTIONAL)
            .add("target", TARGET, REQUIRED)
            .add("userHistory", list(USER_HISTORY_ENTRY), REQUIRED)
            .add("itemHistory", list(ITEM_HISTORY_ENTRY), REQUIRED)
            .add("userMean", DataTypes.DoubleType, OPTIONAL)
            .add("itemMean", DataTypes.DoubleType, OPTIONAL)
            .add("nUser", DataTypes.LongType, REQUIRED)
            .add("nItem", DataTypes.LongType, REQUIRED)
            .add("seenUser", DataTypes.BooleanType, REQUIRED)
            .add("seenItem", DataTypes.BooleanType, REQUIRED);

    /** One sampled completion of one step. */
    public static final StructType ROLLOUTS = new StructType()
            .add("step", DataTypes.IntegerType, REQUIRED)
            .add("rowId", DataTypes.StringType, REQUIRED)
            .add("sample", DataTypes.IntegerType, REQUIRED)
            .add("policyNumber", DataTypes.IntegerType, REQUIRED)
            .add("policySha256", DataTypes.StringType, REQUIRED)
            .add("seed", DataTypes.LongType, REQUIRED)
            .add("promptTokens", INTEGERS, REQUIRED)
            .add("completionTokens", INTEGERS, REQUIRED)
            .add("logprobs", DataTypes.createArrayType(DataTypes.FloatType, false), REQUIRED)
            .add("text", DataTypes.StringType, REQUIRED)
            .add("finish", DataTypes.StringType, REQUIRED)
            .add("truth", DataTypes.DoubleType, REQUIRED);

    /** The reward and the group advantage of one completion; {@code rating} is null when none could be read. */
    public static final StructType SCORED = new StructType()
            .add("rowId", DataTypes.StringType, REQUIRED)
            .add("sample", DataTypes.IntegerType, REQUIRED)
            .add("formatOk", DataTypes.BooleanType, REQUIRED)
            .add("rating", DataTypes.DoubleType, OPTIONAL)
            .add("rewardFormat", DataTypes.DoubleType, REQUIRED)
            .add("rewardAnswer", DataTypes.DoubleType, REQUIRED)
            .add("reward", DataTypes.DoubleType, REQUIRED)
            .add("groupMean", DataTypes.DoubleType, REQUIRED)
            .add("groupStd", DataTypes.DoubleType, REQUIRED)
            .add("advantage", DataTypes.DoubleType, REQUIRED)
            .add("dead", DataTypes.BooleanType, REQUIRED);

    /** One prediction for one (rowId, system, seed, readout). */
    public static final StructType PREDICTIONS = new StructType()
            .add("rowId", DataTypes.StringType, REQUIRED)
            .add("system", DataTypes.StringType, REQUIRED)
            .add("seed", DataTypes.LongType, REQUIRED)
            .add("readout", DataTypes.StringType, REQUIRED)
            .add("yhat", DataTypes.DoubleType, REQUIRED)
            .add("failed", DataTypes.BooleanType, REQUIRED)
            .add("probs", DataTypes.createArrayType(DataTypes.DoubleType, false), OPTIONAL)
            .add("probsMass", DataTypes.DoubleType, OPTIONAL)
            .add("tokensIn", DataTypes.IntegerType, REQUIRED)
            .add("tokensOut", DataTypes.IntegerType, REQUIRED)
            .add("ms", DataTypes.DoubleType, REQUIRED)
            .add("trace", DataTypes.StringType, OPTIONAL);

    /** The bias model of the train rows: the values of the kinds mean, user and item, by id. */
    public static final StructType BIASES = new StructType()
            .add("kind", DataTypes.StringType, REQUIRED)
            .add("id", DataTypes.StringType, REQUIRED)
            .add("value", DataTypes.DoubleType, REQUIRED);

    /**
     * One teacher trace; its prompt is rendered from the example of the same row id. {@code kind} is aligned,
     * rationalised or as-rated; null in tables of other programs and earlier versions.
     */
    public static final StructType TRACES = new StructType()
            .add("rowId", DataTypes.StringType, REQUIRED)
            .add("completion", DataTypes.StringType, REQUIRED)
            .add("rating", DataTypes.DoubleType, REQUIRED)
            .add("teacher", DataTypes.StringType, REQUIRED)
            .add("kind", DataTypes.StringType, OPTIONAL);

    private Tables() {}

    private static ArrayType list(DataType element) {
        return DataTypes.createArrayType(element, false);
    }
}
