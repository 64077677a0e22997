package io.recthink.spark.baseline.review;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.review.RatingLoss;
import java.util.List;
import java.util.Map;

/** The section {@code review}: networks that read reviews. */
public record ReviewSettings(
        List<String> systems,
        List<String> readouts,
        RatingLoss.Kind medianLoss,
        double huberDelta,
        List<Long> seeds,
        boolean maskReviews,
        VocabularySettings vocabulary,
        VectorSettings vectors,
        int wordDimension,
        int filters,
        int maxEpochs,
        int patience,
        int maxSettings,
        int tasks,
        int rounds,
        DeepConnSettings deepconn,
        NarreSettings narre,
        DamlSettings daml)
        implements Section {
    private static final List<String> SYSTEMS = List.of("deepconn", "narre", "daml");
    private static final List<String> READOUTS = List.of("expectation", "median");
    private static final int MOST_TASKS = 1000;

    public ReviewSettings {
        systems = List.copyOf(systems);
        readouts = List.copyOf(readouts);
        seeds = List.copyOf(seeds);
    }

    @Override
    public void check(Problems problems) {
        problems.each("systems", "one of " + SYSTEMS, systems, SYSTEMS::contains);
        distinct(problems, "systems", systems);
        problems.each("readouts", "one of " + READOUTS, readouts, READOUTS::contains);
        distinct(problems, "readouts", readouts);
        problems.require(medianLoss != RatingLoss.Kind.L2, "medianLoss", "l1 or huber", "l2");
        problems.positive("huberDelta", huberDelta);
        problems.require(!seeds.isEmpty(), "seeds", "a list of at least one number", "empty");
        seeds.forEach(seed -> problems.between(Integer.MIN_VALUE, Integer.MAX_VALUE, "seeds", seed));
        distinct(problems, "seeds", seeds);
        vocabulary.check(problems.in("vocabulary"));
        vectors.check(problems.in("vectors"));
        problems.atLeast(1, "wordDimension", wordDimension);
        problems.atLeast(1, "filters", filters);
        problems.atLeast(1, "maxEpochs", maxEpochs);
        problems.atLeast(1, "patience", patience);
        problems.atLeast(1, "maxSettings", maxSettings);
        problems.between(1, MOST_TASKS, "tasks", tasks);
        problems.atLeast(1, "rounds", rounds);
        networks().forEach((name, network) -> network.check(problems.in(name)));
    }

    private static void distinct(Problems problems, String key, List<?> values) {
        problems.require(values.stream().distinct().count() == values.size(), key, "a list without repetition", values);
    }

    private Map<String, NetworkSettings> networks() {
        return Map.of("deepconn", deepconn, "narre", narre, "daml", daml);
    }

    /** The settings of the systems to train, in their order. */
    List<NetworkSettings> chosen() {
        return systems.stream().map(networks()::get).toList();
    }

    /** The loss of a read-out. */
    RatingLoss loss(String readout) {
        if (readout.equals("expectation")) {
            return RatingLoss.L2;
        }
        return medianLoss == RatingLoss.Kind.HUBER ? RatingLoss.huber(huberDelta) : RatingLoss.L1;
    }
}
