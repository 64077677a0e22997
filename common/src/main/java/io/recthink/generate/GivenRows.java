package io.recthink.generate;

import io.recthink.model.ModelConfig;
import io.recthink.model.ModelTokenizer;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * The candidates of a prefix as completions with given tokens.
 *
 * @param rows [candidate]: the candidate's completions
 * @param tokens number of tokens of all completions
 */
record GivenRows(RatingCandidates candidates, List<List<GrowingCompletion>> rows, int tokens) {
    private static final String WHAT = "A rating or the text before it";

    /** Creates the completions of a prefix; none where the model's context has no room for the longest. */
    static GivenRows of(RatingPrefix prefix, ModelConfig config, ModelTokenizer tokenizer) {
        CandidateTokens tokens = CandidateTokens.of(prefix, config.endTokens(), tokenizer);
        Generator.requireKnown(WHAT, tokens.shared(), config);
        tokens.continuations().forEach(ways -> ways.forEach(way -> Generator.requireKnown(WHAT, way, config)));
        boolean hasRoom = (long) tokens.shared().length + tokens.longest() <= config.maxPositions();
        List<List<GrowingCompletion>> rows = tokens.continuations().stream()
                .map(ways -> ways.stream()
                        .filter(way -> hasRoom)
                        .map(way -> GrowingCompletion.given(tokens.shared(), way, tokenizer))
                        .toList())
                .toList();
        return new GivenRows(prefix.candidates(), rows, tokens.count());
    }

    List<GrowingCompletion> all() {
        return rows.stream().flatMap(List::stream).toList();
    }

    /** Returns options with room for the longest completion. */
    static SamplingOptions options(List<List<GrowingCompletion>> groups) {
        return options(groups.stream()
                .flatMap(List::stream)
                .mapToInt(GrowingCompletion::mostTokens)
                .max()
                .orElseThrow());
    }

    /** Returns options at temperature 1 with which only the last of {@code tokens} tokens ends a completion. */
    static SamplingOptions options(int tokens) {
        return new SamplingOptions(tokens, 1, 1, List.of(), true);
    }

    /** Returns the distribution once all completions have ended. */
    Optional<RatingDistribution> distribution() {
        double[] logProbabilities = rows.stream()
                .mapToDouble(ways -> RatingDistribution.logOfSum(ways.stream()
                        .mapToDouble(GrowingCompletion::logProbability)
                        .toArray()))
                .toArray();
        return RatingDistribution.of(
                candidates.ratings().stream()
                        .mapToDouble(BigDecimal::doubleValue)
                        .toArray(),
                logProbabilities,
                tokens);
    }
}
