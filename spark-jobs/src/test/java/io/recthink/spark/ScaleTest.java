package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.baseline.mf.MfJob;
import io.recthink.spark.compare.CompareJob;
import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.table.PreparedData;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a log and on one four times as long, in each of which nearly half of the rows are one user's. */
@TestInstance(Lifecycle.PER_CLASS)
class ScaleTest {
    private static final int SMALL = 250;
    private static final int LARGE = 4 * SMALL;

    /** A result says how its task went, too, in a few thousand bytes that vary a little. */
    private static final double NOISE = 1.1;

    private static final long A_TASK = 2_000;

    @TempDir
    static Path folder;

    private final SparkSession spark = session();
    private final Map<String, Collected> small = new TreeMap<>();
    private final Map<String, Collected> large = new TreeMap<>();

    /** What is collected up to a bound that these logs do not reach, and the bound in bytes. */
    private static final Map<String, Long> BOUNDED = Map.of(
            "PoolChoice", 65_536 * 60L, // one number for each bin of hashes
            "TextLengths", 3 * 1000 * 4000L, // texts of 1,000 rows of each split
            "TimeCounts", 2 * 1_000 * 60L, // rows of each day of the simulated log, in each of two tasks
            "Fingerprint", 4096 * 250L, // hashes of 4,096 buckets
            "IsotonicRow", 3 * 4001 * 5 * 100L); // counts of systems, predictions of three digits and ratings

    /** Broadcasts go by way of the driver: Spark's own limit for them, 10 MB, is above these logs. */
    private static SparkSession session() {
        SparkSession spark = SparkTest.spark().newSession();
        spark.conf().set("spark.sql.autoBroadcastJoinThreshold", -1);
        return spark;
    }

    @BeforeAll
    void run() {
        jobs().forEach((name, job) -> {
            small.put(name, collected(job, configuration(SMALL)));
            large.put(name, collected(job, configuration(LARGE)));
        });
    }

    private static Map<String, Job> jobs() {
        Map<String, Job> jobs = new LinkedHashMap<>();
        jobs.put("simulate", new SimulateJob());
        jobs.put("prepare", new PrepareJob());
        jobs.put("mf", new MfJob());
        jobs.put("compare", new CompareJob());
        return jobs;
    }

    private static Configuration configuration(int heaviestUser) {
        return JobSettings.SECTIONS.read(
                "test",
                "",
                List.of(
                        "paths.root=" + folder.resolve(Integer.toString(heaviestUser)),
                        "simulate.format=parquet",
                        "simulate.heaviestUser=" + heaviestUser,
                        "simulate.items=" + heaviestUser,
                        "simulate.users=" + heaviestUser / 20,
                        "simulate.popularity=0.8",
                        "source.format=parquet",
                        "source.columns.review=review",
                        "prepare.kcore=0",
                        "prepare.historyItems=3",
                        "prepare.pools.coldStart=100",
                        "prepare.pools.sft=100",
                        "prepare.pools.rl=100",
                        "mf.factors=[2]",
                        "mf.factorPenalties=[0.1]",
                        "mf.biasPenalties=[0.02]",
                        "mf.maxEpochs=2",
                        "mf.minSettings=1",
                        "mf.maxUpdates=1",
                        "mf.blocks=2",
                        "mf.als.ranks=[2]",
                        "mf.als.penalties=[0.1]",
                        "mf.als.iterations=2",
                        "mf.als.blocks=2",
                        "compare.resamples=50",
                        "compare.sliceResamples=20"));
    }

    /** Bytes that the tasks of a job sent to the driver, by what sent them. */
    private static final class Collected extends SparkListener {
        private final Map<Integer, String> stages = new ConcurrentHashMap<>();
        private final Map<String, Long> bytes = new ConcurrentHashMap<>();
        private final Map<String, Long> tasks = new ConcurrentHashMap<>();

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted event) {
            stages.put(
                    event.stageInfo().stageId(),
                    event.stageInfo().name() + ", " + place(event.stageInfo().details()));
        }

        /** The line of ours that asked for a stage. */
        private static String place(String stack) {
            return stack.lines()
                    .filter(line -> line.startsWith("io.recthink."))
                    .findFirst()
                    .orElse("no place of ours");
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd event) {
            if (event.taskType().equals("ResultTask")) {
                String stage = stages.get(event.stageId());
                bytes.merge(stage, event.taskMetrics().resultSize(), Long::sum);
                tasks.merge(stage, 1L, Long::sum);
            }
        }

        long bytes() {
            return bytes.values().stream().mapToLong(Long::longValue).sum();
        }

        private double bound(String stage, long otherBytes) {
            return BOUNDED.entrySet().stream()
                    .filter(bound -> stage.contains("(" + bound.getKey() + ".java"))
                    .mapToDouble(Map.Entry::getValue)
                    .findFirst()
                    .orElse(NOISE * otherBytes + A_TASK * tasks.get(stage));
        }

        /** Stages that sent more than another run's of the same name, beyond what tells how tasks went. */
        Map<String, String> moreThan(Collected other) {
            return bytes.keySet().stream()
                    .filter(stage -> bytes.get(stage) > bound(stage, other.bytes.getOrDefault(stage, 0L)))
                    .collect(Collectors.toMap(
                            stage -> stage, stage -> other.bytes.get(stage) + " bytes, then " + bytes.get(stage)));
        }
    }

    private Collected collected(Job job, Configuration configuration) {
        Collected collected = new Collected();
        spark.sparkContext().addSparkListener(collected);
        try {
            job.run(spark, configuration);
            spark.sparkContext().listenerBus().waitUntilEmpty();
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        } finally {
            spark.sparkContext().removeSparkListener(collected);
        }
        return collected;
    }

    @Test
    void nothingThatGrowsWithTheLogIsCollected() {
        assertThat(rows(LARGE)).isGreaterThan(3 * rows(SMALL));
        jobs().keySet().forEach(job -> {
            assertThat(small.get(job).bytes()).as(job).isPositive();
            assertThat(large.get(job).moreThan(small.get(job))).as(job).isEmpty();
        });
    }

    private long rows(int heaviestUser) {
        Paths paths = configuration(heaviestUser).paths();
        return PreparedData.read(spark, paths.resolve(paths.data())).rows();
    }
}
