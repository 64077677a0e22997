package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** What the transformers share: the check of the engine, and columns that they add. */
final class TransformerColumns {
    private TransformerColumns() {}

    /**
     * Returns the name of the engine.
     *
     * @throws InvalidInputException for an engine other than PyTorch
     */
    static String requirePyTorch(String engine) {
        if (!engine.equals("PyTorch")) {
            throw new InvalidInputException("engine: '" + engine + "' is not supported; use PyTorch");
        }
        return engine;
    }

    static InvalidInputException missing(String column, StructType schema) {
        return new InvalidInputException(
                "there is no column %s; the columns are %s".formatted(column, String.join(", ", schema.fieldNames())));
    }

    /** Adds a nullable column to a schema that does not have it. */
    static StructType added(StructType schema, String column, DataType type) {
        if (List.of(schema.fieldNames()).contains(column)) {
            throw new InvalidInputException("the column " + column + " already exists; choose another name");
        }
        return schema.add(column, type, true);
    }

    /** The row with the values of added columns, which may be null. */
    static Row extended(Row row, Object... more) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            values.add(row.get(i));
        }
        values.addAll(Arrays.asList(more));
        return RowFactory.create(values.toArray());
    }
}
