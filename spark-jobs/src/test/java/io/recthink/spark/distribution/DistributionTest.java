package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests that the Spark folder of the tests and of {@code bin/recthink} contains only jars that Apache publishes. */
class DistributionTest {
    @Test
    void theJarsAreThoseOfTheDistribution() {
        Distribution spark = Distribution.SPARK_3_5;
        assertThat(spark.published())
                .as("the published list of Spark %s", spark.version())
                .hasSizeGreaterThan(200)
                .containsAll(spark.jars());
        assertThat(spark.jars())
                .contains("spark-core_2.12-%s.jar".formatted(spark.version()), "guava-14.0.1.jar")
                .hasSizeGreaterThan(200);
    }
}
