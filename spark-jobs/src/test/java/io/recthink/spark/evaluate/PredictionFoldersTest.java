package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.table.RatingGrid;
import io.recthink.spark.table.Readout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionFoldersTest {
    private final SparkSession spark = SparkTest.spark();
    private final Dataset<Row> examples = spark.createDataFrame(
            List.of(row("a", 5), row("b", 4), row("c", 1), row("other", 2)),
            new StructType()
                    .add("rowId", DataTypes.StringType)
                    .add("userId", DataTypes.StringType)
                    .add("truth", DataTypes.DoubleType));

    private static final PredictionScale SCALE = new PredictionScale(new RatingGrid(1, 5, 1), false);

    @TempDir
    Path predictions;

    @Test
    void everyEvaluatedRowIsThereOnce() {
        complete("grpo").add("other", 3).write(predictions, 2);
        List<Row> rows = evaluated().orderBy("rowId").collectAsList();
        assertThat(rows).extracting(row -> row.getAs("rowId")).containsExactly("a", "b", "c");
        assertThat(rows).extracting(row -> row.getAs("yhat")).containsExactly(4.5, 4.0, 2.0);
    }

    @Test
    void tablesOfDifferentColumnsAndPartitionedOnesAreReadTogether() {
        complete("grpo").write(predictions, 2);
        complete("sft").write(predictions, 1);
        spark.read()
                .parquet(predictions + "/grpo")
                .selectExpr(
                        "'other' AS system", "rowId", "0.5 * yhat AS yhat", "failed", "seed", "readout", "1 AS cold")
                .write()
                .parquet(predictions + "/with a column more");
        spark.read()
                .parquet(predictions + "/sft")
                .withColumn("system", lit("parted"))
                .write()
                .partitionBy("readout")
                .parquet(predictions + "/parted");
        PredictionFolders.Checked checked = checked();
        assertThat(checked.keys())
                .extracting(SystemKey::system)
                .containsExactlyInAnyOrder("grpo", "sft", "other", "parted");
        assertThat(checked.keys()).extracting(SystemKey::readout).containsOnly(Readout.GREEDY);
        assertThat(checked.predictions().count()).isEqualTo(12);
        assertThat(checked.predictions().where("rowId = 'a'").select("yhat").collectAsList())
                .extracting(row -> row.getDouble(0))
                .containsExactlyInAnyOrder(4.5, 4.5, 2.25, 4.5);
    }

    @Test
    void aFolderThatLacksAFileOfItsListIsRefused() throws IOException {
        complete("sft").write(predictions.resolve("plain"), 1);
        String folder = predictions.resolve("grpo").toString();
        ListedTable.write(
                spark.read().parquet(predictions + "/plain/sft").repartition(3, col("rowId")),
                "paths.predictions",
                folder);
        FileUtil.fullyDelete(predictions.resolve("plain").toFile());
        assertThat(checked().predictions().count()).isEqualTo(3);
        Path part;
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            part = files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.delete(part);
        assertThatThrownBy(this::checked)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "grpo does not match its _files.json: " + part.getFileName() + " is missing. Copy");
    }

    @Test
    void missingRowsAreRefusedWithSystemAndCounts() {
        complete("grpo").write(predictions, 1);
        new PredictionRows("sft").add("a", 1).add("c", 1).write(predictions, 1);
        refused("sft (greedy, seed 7): has predictions for 2 of the 3 rows (test); 1 are missing.");
    }

    @Test
    void repeatedRowsAreRefused() {
        complete("grpo").add("b", 4).write(predictions, 1);
        refused("grpo (greedy, seed 7): 1 rows are predicted more than once");
    }

    @Test
    void predictionsOfOtherDataAreRefused() {
        complete("grpo").add("stranger", 4).write(predictions, 1);
        refused("grpo (greedy, seed 7): 1 predicted rows are not in the data set");
    }

    @Test
    void theNamesOfTrivialRowsAreTheirs() {
        complete("bias").write(predictions, 1);
        refused("bias (greedy, seed 7): this name belongs to a trivial row");
    }

    @Test
    void aTableWithoutAColumnIsRefused() {
        examples.withColumnRenamed("truth", "yhat")
                .withColumnRenamed("rowId", "id")
                .write()
                .parquet(predictions + "/short");
        assertThatThrownBy(this::evaluated)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("/short has no column rowId; its columns are id, userId, yhat");
    }

    @Test
    void aFolderThatIsNoTableIsRefused() throws java.io.IOException {
        java.nio.file.Files.createDirectories(predictions.resolve("empty"));
        assertThatThrownBy(this::evaluated)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("/empty contains no predictions: it has no file with content");
    }

    private static PredictionRows complete(String system) {
        return new PredictionRows(system).add("a", 4.5).add("b", 4).add("c", 2);
    }

    private void refused(String message) {
        assertThatThrownBy(this::evaluated)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(message);
    }

    private Dataset<Row> evaluated() {
        return checked().predictions();
    }

    private PredictionFolders.Checked checked() {
        return PredictionFolders.read(spark, "paths.predictions", predictions.toString())
                .evaluated(examples, examples.where("rowId <> 'other'"), "test", SCALE);
    }

    private static Row row(String rowId, double truth) {
        return RowFactory.create(rowId, "user", truth);
    }
}
