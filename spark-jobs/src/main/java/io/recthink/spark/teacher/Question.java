package io.recthink.spark.teacher;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A request to a model, as a row of a table.
 *
 * @param sha256 its identity: SHA-256 of all that decides the answer
 * @param purpose label of its purpose
 * @param key row, review, user or item that it is about
 * @param sample number of the answer to the same question
 * @param seed seed of the answer
 * @param body canonical JSON of the request body of the OpenAI protocol
 * @param tokens estimated tokens of its prompt
 */
record Question(String sha256, String purpose, String key, int sample, long seed, String body, long tokens) {
    static final StructType SCHEMA = new StructType()
            .add("sha256", DataTypes.StringType, false)
            .add("purpose", DataTypes.StringType, false)
            .add("key", DataTypes.StringType, false)
            .add("sample", DataTypes.IntegerType, false)
            .add("seed", DataTypes.LongType, false)
            .add("body", DataTypes.StringType, false)
            .add("tokens", DataTypes.LongType, false);

    static Question of(Row row) {
        return new Question(
                row.getAs("sha256"),
                row.getAs("purpose"),
                row.getAs("key"),
                row.getAs("sample"),
                row.getAs("seed"),
                row.getAs("body"),
                row.getAs("tokens"));
    }

    Row row() {
        return RowFactory.create(sha256, purpose, key, sample, seed, body, tokens);
    }
}
