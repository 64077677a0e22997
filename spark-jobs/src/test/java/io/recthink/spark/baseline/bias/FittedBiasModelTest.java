package io.recthink.spark.baseline.bias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.statistics.Referee;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class FittedBiasModelTest {
    private static final StructType RATINGS = new StructType()
            .add("userId", DataTypes.StringType)
            .add("itemId", DataTypes.StringType)
            .add("truth", DataTypes.DoubleType);

    private final SparkSession spark = SparkTest.spark();
    private final Referee referee = Referee.read();

    FittedBiasModelTest() throws IOException {}

    @Test
    void predictionsAreThoseOfTheRefereesAlternatingDampedMeans() {
        Dataset<Row> ratings = ratings().repartition(3);
        FittedBiasModel model = FittedBiasModel.fit(ratings, 1, 5);
        assertThat(model.mean()).isCloseTo(referee.at("bias/mean").asDouble(), within(1e-12));
        List<Row> predicted = model.predict(ratings, "yhat").collectAsList();
        assertThat(predicted).hasSize(300);
        for (Row row : predicted) {
            double user = referee.at("bias/user/" + row.getString(0)).asDouble();
            double item = referee.at("bias/item/" + row.getString(1)).asDouble();
            assertThat(row.<Double>getAs("yhat")).isCloseTo(model.mean() + user + item, within(1e-8));
        }
    }

    @Test
    void theFitIsTheSameToTheBitHoweverTheRatingsArePartitioned() {
        List<Row> one = predictions(ratings().coalesce(1), 1);
        assertThat(predictions(ratings().repartition(5), 1)).isEqualTo(one);
        assertThat(predictions(ratings().repartition(5), 4)).isEqualTo(one);
    }

    @Test
    void newUsersAndItemsGetAPredictionAndNoRowIsLost() {
        FittedBiasModel model = FittedBiasModel.fit(ratings(), 1, 5);
        Dataset<Row> cold = spark.createDataFrame(
                List.of(
                        RowFactory.create("new", "new", 1.0),
                        RowFactory.create("0", "new", 1.0),
                        RowFactory.create("new", "0", 1.0)),
                RATINGS);
        Map<String, Double> yhat = new HashMap<>();
        model.predict(cold, "yhat")
                .collectAsList()
                .forEach(row -> yhat.put(row.getString(0) + "/" + row.getString(1), row.getAs("yhat")));
        assertThat(yhat.get("new/new")).isCloseTo(model.mean(), within(1e-12));
        assertThat(yhat.get("0/new"))
                .isCloseTo(model.mean() + referee.at("bias/user/0").asDouble(), within(1e-8));
        assertThat(yhat.get("new/0"))
                .isCloseTo(model.mean() + referee.at("bias/item/0").asDouble(), within(1e-8));
    }

    @Test
    void predictionsStayOnTheScale() {
        FittedBiasModel model = FittedBiasModel.fit(ratings(), 2.9, 3.1);
        assertThat(model.predict(ratings(), "yhat").select("yhat").collectAsList())
                .allSatisfy(row -> assertThat(row.getDouble(0)).isBetween(2.9, 3.1));
    }

    @Test
    void refusesToFitOnNothing() {
        Dataset<Row> none = spark.createDataFrame(List.of(), RATINGS);
        assertThatThrownBy(() -> FittedBiasModel.fit(none, 1, 5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no train rows");
    }

    private List<Row> predictions(Dataset<Row> ratings, int parts) {
        return FittedBiasModel.fit(ratings, 1, 5, parts)
                .predict(ratings(), "yhat")
                .orderBy("userId", "itemId", "truth")
                .collectAsList();
    }

    private Dataset<Row> ratings() {
        double[] users = referee.numbers("user");
        double[] items = referee.numbers("item");
        double[] truth = referee.numbers("truth");
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < truth.length; i++) {
            rows.add(RowFactory.create(Integer.toString((int) users[i]), Integer.toString((int) items[i]), truth[i]));
        }
        return spark.createDataFrame(rows, RATINGS);
    }
}
