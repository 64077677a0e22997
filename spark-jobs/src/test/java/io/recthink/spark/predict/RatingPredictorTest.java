package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.JobSettings;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatingPredictorTest {
    private static final String SETTINGS =
            """
            prompt:
              think: none
              system: " "
              user: "{history} {target_item}"
              targetItem: "{title}"
            rollout:
              maxTokens: 8
            """;
    private static final Dataset<Row> EXAMPLES = new ExampleRows()
            .add("a", "test", "u", "good", 5)
            .add("b", "test", "u", "bad", 5)
            .add("c", "test", "v", "mixed", 5)
            .table();

    @TempDir
    static Path root;

    @BeforeAll
    static void writePolicies() throws IOException {
        WordChain.writeAdapter(root.resolve("adapter"), WordChain.write(root.resolve("model")));
    }

    @Test
    void addsTheRatingToEachRowAndNullWhereNoneCanBeRead() {
        Dataset<Row> predicted = predictor().setTraceCol("trace").transform(EXAMPLES);
        assertThat(predicted.schema())
                .isEqualTo(Tables.EXAMPLES
                        .add("prediction", DataTypes.DoubleType, true)
                        .add("trace", DataTypes.StringType, true));
        List<Row> rows = predicted.orderBy("rowId").collectAsList();
        assertThat(rows).extracting(row -> row.getAs("prediction")).containsExactly(4.0, null, 4.0);
        assertThat(rows)
                .extracting(row -> row.getAs("trace"))
                .containsExactly("<rate> 4 </rate>", "", "<rate> 4 </rate>");
        assertThat(rows).extracting(row -> row.getAs("truth")).containsExactly(5.0, 5.0, 5.0);
    }

    @Test
    void anAdapterAnswersBesideItsModelAndTheModelAsBefore() {
        RatingPredictor adapted = predictor().setModelUrl(root + "/adapter");
        assertThat(ratings(adapted.transform(EXAMPLES))).containsExactly(null, 4.0, 4.0);
        Dataset<Row> both = predictor()
                .transform(EXAMPLES)
                .withColumnRenamed("prediction", "ofModel")
                .transform(adapted::transform);
        assertThat(ratings(both)).containsExactly(null, 4.0, 4.0);
        assertThat(both.orderBy("rowId").collectAsList())
                .extracting(row -> row.getAs("ofModel"))
                .containsExactly(4.0, null, 4.0);
    }

    @Test
    void readsTheExampleFromAStructColumn() {
        Dataset<Row> packed = EXAMPLES.select(
                col("rowId"),
                struct("target", "userHistory", "itemHistory", "userMean", "itemMean")
                        .as("example"));
        List<Row> rows = predictor()
                .setInputCol("example")
                .setOutputCol("stars")
                .setBatchSize(1)
                .transform(packed)
                .orderBy("rowId")
                .collectAsList();
        assertThat(rows).extracting(row -> row.getAs("stars")).containsExactly(4.0, null, 4.0);
    }

    @Test
    void columnsMayHaveOtherNames() {
        Dataset<Row> other = EXAMPLES.select(
                col("rowId"),
                col("itemHistory").as("of the item"),
                col("userHistory").as("past.`reviews`"),
                col("target").as("item"));
        Dataset<Row> rated = predictor()
                .setInputCols("item", "past.`reviews`", "of the item")
                .setTraceCol("trace")
                .transform(other);
        assertThat(rated.columns())
                .containsExactly("rowId", "of the item", "past.`reviews`", "item", "prediction", "trace");
        assertThat(ratings(rated))
                .isEqualTo(ratings(predictor().transform(EXAMPLES.drop("userMean", "itemMean"))))
                .containsExactly(4.0, null, 4.0);
        assertThat(ratings(predictor().setInputCols("item", "past.`reviews`").transform(other.drop("of the item"))))
                .containsExactly(4.0, null, 4.0);
    }

    @Test
    void refusesColumnsThatMakeNoExample() {
        assertThatThrownBy(() -> predictor().setInputCols("target").transformSchema(EXAMPLES.schema()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "inputCols must name 2 to 5 columns, for target, userHistory, itemHistory, userMean, itemMean (was: target)");
        assertThatThrownBy(() -> predictor().setInputCols("target", "past").transformSchema(EXAMPLES.schema()))
                .hasMessageStartingWith("there is no column past; the columns are rowId, ");
        assertThatThrownBy(
                        () -> predictor().setInputCols("userHistory", "target").transformSchema(EXAMPLES.schema()))
                .hasMessageStartingWith("the column userHistory must be struct<");
        assertThatThrownBy(() -> predictor()
                        .setInputCol("example")
                        .setInputCols("target", "userHistory")
                        .transformSchema(EXAMPLES.schema()))
                .hasMessageContaining("both set");
    }

    @Test
    void savedPredictorsAndPipelinesPredictTheSame() throws IOException {
        predictor().write().save(root + "/saved");
        RatingPredictor loaded = RatingPredictor.load(root + "/saved");
        assertThat(loaded.explainParams()).isEqualTo(predictor().explainParams());
        assertThat(ratings(loaded.transform(EXAMPLES))).containsExactly(4.0, null, 4.0);

        PipelineModel pipeline =
                new Pipeline().setStages(new PipelineStage[] {predictor()}).fit(EXAMPLES);
        pipeline.save(root + "/pipeline");
        assertThat(ratings(PipelineModel.load(root + "/pipeline").transform(EXAMPLES)))
                .containsExactly(4.0, null, 4.0);
    }

    @Test
    void predictsTheSameInASessionWhoseSerializerIsKryo() throws Exception {
        Path log = root.resolve("kryo.log");
        EXAMPLES.write().parquet(root + "/examples");
        int status = KryoApplication.run(
                log, root + "/examples", root + "/kryo.txt", SETTINGS, root + "/model", root + "/adapter");
        assertThat(status).as(Files.readString(log)).isZero();
        assertThat(root.resolve("kryo.txt"))
                .content()
                .isEqualToNormalizingNewlines(
                        """
                [a=4.0, b=null, c=4.0]
                [a=null, b=4.0, c=4.0]
                """);
    }

    @Test
    void answersForUsersAndItemsOfWhomNothingIsKnown() {
        Dataset<Row> newUsers = unknown("userHistory").drop("itemHistory", "userMean", "itemMean");
        assertThat(ratings(predictor().transform(newUsers))).containsExactly(4.0, null, 4.0);
        assertThat(predictor().transform(unknown("itemHistory")).count()).isEqualTo(3);
        assertThat(ratings(predictor().transform(unknown("target")))).hasSize(3);
        Dataset<Row> structs = EXAMPLES.select(col("rowId"), expr("if(rowId = 'a', null, struct(*)) example"));
        assertThat(ratings(predictor().setInputCol("example").transform(structs)))
                .hasSize(3);
    }

    private static Dataset<Row> unknown(String column) {
        return EXAMPLES.withColumn(
                column, lit(null).cast(Tables.EXAMPLES.apply(column).dataType()));
    }

    @Test
    void refusesInputThatIsNoExample() {
        assertThatThrownBy(() ->
                        predictor().transformSchema(EXAMPLES.drop("userHistory").schema()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("there is no column userHistory; the columns are rowId, ");
        assertThatThrownBy(() -> predictor()
                        .transformSchema(
                                EXAMPLES.withColumn("userMean", col("rowId")).schema()))
                .hasMessage("the column userMean must be double (was string)");
        assertThatThrownBy(() -> predictor().setInputCol("rowId").transformSchema(EXAMPLES.schema()))
                .hasMessageStartingWith("inputCol: the column rowId must be a struct of target, ");
        assertThatThrownBy(() -> predictor().setOutputCol("truth").transformSchema(EXAMPLES.schema()))
                .hasMessage("the column truth already exists; choose another name");
    }

    @Test
    void refusesSettingsThatCannotBeUsed() {
        assertThatThrownBy(() -> predictor().setEngine("MXNet")).hasMessageContaining("use PyTorch");
        assertThatThrownBy(() -> predictor().setBatchSize(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> predictor().setConfiguration("promt: {}"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("promt");
        assertThatThrownBy(() -> new RatingPredictor().transform(EXAMPLES)).hasMessageContaining("modelUrl is not set");
        assertThatThrownBy(() -> predictor().setModelUrl(root + "/nothing").transform(EXAMPLES))
                .hasMessageContaining("neither the folder of a model");
    }

    @Test
    void aPolicyThatSaysHowItIsAskedNeedsNoSettings() throws IOException {
        Path own = root.resolve("with-terms");
        WordChain.write(own);
        Files.writeString(
                own.resolve(PolicyTerms.FILE),
                PolicyTerms.of(JobSettings.SECTIONS.read("test", SETTINGS, List.of()), 1, 4, null)
                        .toJson());
        RatingPredictor predictor = new RatingPredictor().setModelUrl(own.toString());
        assertThat(ratings(predictor.transform(EXAMPLES))).containsExactly(4.0, null, 4.0);
        assertThat(ratings(predictor.setConfiguration(SETTINGS).transform(EXAMPLES)))
                .containsExactly(4.0, null, 4.0);

        assertThatThrownBy(() -> predictor.setScale(1, 10).transform(EXAMPLES))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("was trained on ratings from 1.0 to 4.0");
        assertThatThrownBy(() -> new RatingPredictor()
                        .setModelUrl(own.toString())
                        .setConfiguration("prompt: {historyItems: 1}")
                        .transform(EXAMPLES))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prompt.historyItems is 1 in the configuration and ");
    }

    private static List<Double> ratings(Dataset<Row> predicted) {
        return predicted.orderBy("rowId").collectAsList().stream()
                .map(row -> row.<Double>getAs("prediction"))
                .toList();
    }

    private static RatingPredictor predictor() {
        return new RatingPredictor()
                .setEngine("PyTorch")
                .setModelUrl(root.resolve("model").toUri().toString())
                .setConfiguration(SETTINGS);
    }
}
