package io.recthink.spark.baseline.review;

import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.table.TrainReviews;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What all systems of one run share.
 *
 * @param seed the seed of the run
 * @param min the lowest rating of the scale
 * @param max the highest rating of the scale
 * @param texts the texts of train reviews
 * @param words the known words and their vectors
 * @param vectors the vectors on executors
 * @param searched the ratings of the search
 * @param limits how many reviews and tokens NARRE reads
 * @param work a folder of this run alone, removed at its end
 * @param turns permits of trainings of several tasks
 */
record ReviewRun(
        SparkSession spark,
        ReviewSettings settings,
        long seed,
        double min,
        double max,
        TrainReviews texts,
        WordTable words,
        Broadcast<float[]> vectors,
        RatingSet searched,
        ReviewLimits limits,
        String work,
        ReviewProgress progress,
        Semaphore turns) {

    /** The reviews of a set as networks read them, written at the first call. */
    static ReviewCorpus corpus(RatingSet set, TrainReviews texts, WordTable words, String work, boolean refit) {
        return set.as(
                ReviewCorpus.class,
                () -> ReviewCorpus.of(set, texts(texts, refit), words.vocabulary(), work + "/" + UUID.randomUUID()));
    }

    ReviewCorpus corpus(RatingSet set) {
        return corpus(set, texts, words, work, isRefit(set));
    }

    /** The texts of the train side of a set: rowId, review. */
    Dataset<Row> texts(RatingSet set) {
        return texts(texts, isRefit(set));
    }

    private static Dataset<Row> texts(TrainReviews texts, boolean refit) {
        return refit ? texts.trainAndValidation() : texts.train();
    }

    boolean isRefit(RatingSet set) {
        return set != searched;
    }

    /** Trains in one Spark task, or in several that average their networks. */
    TrainingResult train(TrainingRequest request) {
        TrainingResult result = settings.tasks() == 1
                ? JavaSparkContext.fromSparkContext(spark.sparkContext())
                        .parallelize(List.of(0), 1)
                        .map(new TrainingTask(request))
                        .collect()
                        .get(0)
                : averaged(request);
        progress.skip(settings.maxEpochs() * corpus(searched).trainRows()
                - result.ran() * request.folder().reviews());
        return result;
    }

    /** The driver holds the networks of these trainings, so no more run at a time than fill the cluster. */
    private TrainingResult averaged(TrainingRequest request) {
        turns.acquireUninterruptibly();
        try {
            return new AveragedTraining(spark, request, settings.tasks(), settings.rounds(), progress).run();
        } finally {
            turns.release();
        }
    }

    /** The number of trainings of several tasks at a time. */
    static int turns(SparkSession spark, ReviewSettings settings) {
        return Math.max(1, spark.sparkContext().defaultParallelism() / settings.tasks());
    }
}
