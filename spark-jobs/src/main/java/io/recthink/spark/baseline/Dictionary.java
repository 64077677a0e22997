package io.recthink.spark.baseline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;

import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The place of each user, or of each item: the block from the hash of the id, and the index in the block from the order
 * of the ids. The places depend only on the set of ids and the number of blocks.
 *
 * @param id the name of the id column
 * @param places one row per id: id, block, index; kept by the executors
 * @param sizes the number of ids in each block
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Dictionary(String id, Dataset<Row> places, int[] sizes) implements AutoCloseable {

    /**
     * Numbers the ids in a column.
     *
     * @param id the name of a string column without nulls
     * @param blocks the number of blocks
     */
    public static Dictionary of(Dataset<Row> rows, String id, int blocks) {
        StructType schema = new StructType()
                .add(id, DataTypes.StringType, false)
                .add("block", DataTypes.IntegerType, false)
                .add("index", DataTypes.IntegerType, false);
        Dataset<Row> places = rows.select(id)
                .distinct()
                .repartition(blocks, col(id))
                .sortWithinPartitions(id)
                .withColumn("block", block(col(id), blocks))
                .mapPartitions((MapPartitionsFunction<Row, Row>) Dictionary::number, Encoders.row(schema))
                .persist(StorageLevel.MEMORY_AND_DISK());
        int[] sizes = new int[blocks];
        places.groupBy("block") // one row per block
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> sizes[row.getInt(0)] = Math.toIntExact(row.getLong(1)));
        return new Dictionary(id, places, sizes);
    }

    /** The block of an id, also of an unknown one: the partition that Spark's hash partitioning by the id chooses. */
    public static Column block(Column id, int blocks) {
        return pmod(hash(id), lit(blocks));
    }

    private static Iterator<Row> number(Iterator<Row> ids) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return ids.hasNext();
            }

            @Override
            public Row next() {
                Row id = ids.next();
                return RowFactory.create(id.getString(0), id.getInt(1), next++);
            }
        };
    }

    /** The number of ids. */
    public long size() {
        long sum = 0;
        for (int size : sizes) {
            sum += size;
        }
        return sum;
    }

    /** The ids with one number across all blocks, from 0; columns id, number. */
    public Dataset<Row> numbered() {
        int[] offsets = new int[sizes.length];
        for (int block = 1; block < sizes.length; block++) {
            offsets[block] = Math.addExact(offsets[block - 1], sizes[block - 1]);
        }
        Column offset = element_at(lit(offsets), col("block").plus(1));
        return places.select(col(id), offset.plus(col("index")).as("number"));
    }

    @Override
    public void close() {
        places.unpersist();
    }
}
