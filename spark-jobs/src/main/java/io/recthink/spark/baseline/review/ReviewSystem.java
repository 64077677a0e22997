package io.recthink.spark.baseline.review;

import io.recthink.InvalidInputException;
import io.recthink.Seeds;
import io.recthink.review.Adam;
import io.recthink.review.NetworkTraining;
import io.recthink.review.RatingLoss;
import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.baseline.RatingSystem;
import io.recthink.spark.baseline.Search;
import io.recthink.spark.baseline.Trial;
import io.recthink.spark.table.Readout;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One kind of network with one read-out. Each seed trains a network; the search uses the first seed. */
final class ReviewSystem implements RatingSystem<Setting> {
    private static final String MASKED = ", no reviews";

    private final ReviewRun run;
    private final NetworkSettings network;
    private final Readout readout;
    private final Map<Key, Trained> searched = new ConcurrentHashMap<>();

    private record Key(Setting setting, long seed) {}

    private record Trained(TrainingRequest request, TrainingResult result) {}

    /** @param readout {@code expectation} or {@code median} */
    ReviewSystem(ReviewRun run, NetworkSettings network, String readout) {
        this.run = run;
        this.network = network;
        this.readout = new Readout(readout);
    }

    /** The name of a kind of network in tables. */
    static String system(NetworkSettings network, ReviewSettings settings) {
        return network.system() + (settings.maskReviews() ? MASKED : "");
    }

    @Override
    public String system() {
        return system(network, run.settings());
    }

    @Override
    public Readout readout() {
        return readout;
    }

    @Override
    public String loss() {
        return run.settings().loss(readout.name()).kind().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String learningRates() {
        return "review.%s.learningRates".formatted(network.system().toLowerCase(Locale.ROOT));
    }

    @Override
    public List<Long> seeds() {
        return run.settings().seeds();
    }

    /** The settings that a search tries for a kind of network. */
    static List<Setting> candidates(NetworkSettings network, ReviewSettings settings, long seed) {
        List<Setting> all = network.settings();
        return Search.candidates(all, all.get(0), settings.maxSettings(), seed, network.system() + " setting");
    }

    @Override
    public Search<Setting> search(RatingSet set) {
        List<Setting> candidates = candidates(network, run.settings(), run.seed());
        Search<Setting> search = Search.of(
                run.spark().sparkContext(),
                "review " + system() + " " + readout,
                candidates,
                candidates.size(),
                setting -> {
                    TrainingResult found = onSearched(setting, seeds().get(0)).result();
                    return new Trial<>(setting, found.epochs(), found.loss(), found.seconds());
                });
        return new Search<>(
                search.trials(),
                search.trials().stream().mapToDouble(Trial::seconds).sum());
    }

    @Override
    public Model train(RatingSet set, Trial<Setting> chosen, long seed) {
        boolean known = searched.containsKey(new Key(chosen.setting(), seed));
        Trained trained = onSearched(chosen.setting(), seed);
        double seconds = known ? 0 : trained.result.seconds();
        requireConverged(trained);
        if (run.isRefit(set)) {
            TrainingRequest request = request(set, chosen.setting(), seed, Optional.of(trained.result.epochs()));
            trained = new Trained(request, run.train(request));
            seconds += trained.result.seconds();
            requireConverged(trained);
        }
        return new FittedNetwork(trained.request, trained.result, run.corpus(set), run.texts(set), seconds);
    }

    /** Refuses a chosen setting that diverges with another seed, or with more rows. */
    private void requireConverged(Trained trained) {
        if (trained.result.file() == null) {
            throw new InvalidInputException("%s diverged, with the setting that was best before; lower %s"
                    .formatted(trained.request.name(), learningRates()));
        }
    }

    /** The training on the searched ratings, with early stop. What the search has trained is not trained again. */
    private Trained onSearched(Setting setting, long seed) {
        Key key = new Key(setting, seed);
        Trained known = searched.get(key);
        if (known != null) {
            return known;
        }
        TrainingRequest request = request(run.searched(), setting, seed, Optional.empty());
        Trained trained = new Trained(request, run.train(request));
        searched.put(key, trained);
        return trained;
    }

    /** @param epochs exactly so many; empty: until the validation loss no longer falls */
    private TrainingRequest request(RatingSet set, Setting setting, long seed, Optional<Integer> epochs) {
        ReviewSettings settings = run.settings();
        ReviewCorpus corpus = run.corpus(set);
        Reading reading = new Reading(
                corpus.folder().users(),
                corpus.folder().items(),
                run.words().vocabulary().size(),
                settings.wordDimension(),
                settings.filters(),
                run.limits());
        NetworkTraining.Settings training = new NetworkTraining.Settings(
                settings.loss(readout.name()),
                new Adam(
                        setting.learningRate(),
                        Optional.ofNullable(setting.weightDecay()).orElse(0.0),
                        Optional.ofNullable(setting.penalty()).orElse(0.0)),
                setting.dropout(),
                network.batch(),
                Seeds.of(run.seed(), 0, "review", Math.toIntExact(seed)));
        return new TrainingRequest(
                "%s %s seed %d (%s)%s"
                        .formatted(system(), readout, seed, setting, run.isRefit(set) ? " with validation rows" : ""),
                corpus.folder(),
                network.network(setting, reading),
                network.form(run.limits(), settings.maskReviews()),
                training,
                corpus.mean(),
                run.vectors(),
                settings.loss(readout.name()).kind() == RatingLoss.Kind.L1,
                run.min(),
                run.max(),
                epochs.orElse(settings.maxEpochs()),
                epochs.isPresent() ? 0 : settings.patience(),
                run.work() + "/networks",
                run.progress().pairs(),
                run.progress().scores());
    }
}
