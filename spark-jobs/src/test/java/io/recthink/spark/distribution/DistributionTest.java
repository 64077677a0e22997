package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The folder from which the tests and {@code bin/recthink} run holds what a cluster has, and nothing of ours. */
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
