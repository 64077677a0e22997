package io.recthink.teacher;

import io.recthink.InvalidInputException;
import io.recthink.prompt.Block;
import io.recthink.prompt.Item;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.RatingText;
import io.recthink.prompt.ReviewedItem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Writes traces by rule, for models too small to produce the grammar by themselves and for tests. The teacher collects
 * the words that the history praises or criticises, and finds the ones that also name the target. It errs on purpose:
 * it has a generosity, a spread and a blind spot. The rating of a trace is
 *
 * <pre>
 * level + generosity + slope * (reasons for - reasons against) + spread * normal noise
 * </pre>
 *
 * clipped and rounded to a whole number of the scale. The difference of the reasons is clipped to -3 to 3. So the
 * rating follows the match roughly and with noise, which leaves room for GRPO to learn. A policy with a rating fixed by
 * the prompt has nothing to explore. A policy with a rating independent of the match has no signal to improve. A
 * rationale has the same steps as the trace, and ends in the true rating.
 */
public final class RuleTeacher implements Teacher {
    private static final int MOST_REASONS = 3;

    private final RuleSettings settings;
    private final PromptSettings shown;
    private final double min;
    private final double max;
    private final long seed;
    private final Opinions opinions;
    private final TraceText text;

    /**
     * A teacher.
     *
     * @param shown the settings of the prompts: the traces use only text that a prompt shows
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     * @param seed the seed of the noise in the ratings
     */
    public RuleTeacher(RuleSettings settings, PromptSettings shown, double min, double max, long seed) {
        this.settings = settings;
        this.shown = shown;
        this.min = min;
        this.max = max;
        this.seed = seed;
        this.opinions = new Opinions(settings.blindSpot());
        this.text = switch (settings.detail()) {
            case TERSE -> new TerseText();
            case FULL -> new FullText();
        };
    }

    @Override
    public String name() {
        return TeacherKind.RULE.label();
    }

    /** A text of the output grammar. Each sample of each row has its own random stream. */
    @Override
    public TeacherAnswer answer(TeacherRequest request) {
        Judgement judgement = judge(request.input().latest(shown.historyItems()));
        String rating =
                switch (request.purpose()) {
                    case RECONE_TRACE -> Long.toString(rating(judgement, random(request.key(), request.sample())));
                    case RECONE_RATIONALE -> RatingText.of(request.truth().orElseThrow());
                    case REC_SAVER_REFERENCE,
                            REC_SAVER_VERIFICATION,
                            EXP3RT_PREFERENCE,
                            EXP3RT_USER_PROFILE,
                            EXP3RT_ITEM_PROFILE,
                            EXP3RT_RATIONALE,
                            REASON4REC_SUMMARY,
                            REASON4REC_RATIONALE,
                            REASON4REC_HINTED_RATIONALE ->
                        throw new InvalidInputException("the rule teacher writes no %s, only %s and %s"
                                .formatted(
                                        request.purpose().label(),
                                        Purpose.RECONE_TRACE.label(),
                                        Purpose.RECONE_RATIONALE.label()));
                };
        return TeacherAnswer.whole(completion(judgement, request.input().target(), rating));
    }

    private Judgement judge(PromptInput input) {
        List<ReviewedItem> history = input.userHistory().stream()
                .map(past -> new ReviewedItem(
                        past.item(),
                        past.time(),
                        past.rating(),
                        cut(past.summary(), shown.summaryCharacters()),
                        cut(past.review(), shown.reviewCharacters())))
                .toList();
        Item target = input.target();
        Item visible = new Item(
                target.title(),
                target.categories(),
                target.brand(),
                target.price(),
                cut(target.description(), shown.descriptionCharacters()));
        return Judgement.of(history, text.facts(visible), opinions, (min + max) / 2);
    }

    private long rating(Judgement judgement, SplittableRandom random) {
        double level =
                switch (settings.level()) {
                    case USER -> judgement.meanRating().orElse((min + max) / 2);
                    case MIDDLE -> (min + max) / 2;
                };
        int reasons = judgement.reasonsFor().size() - judgement.reasonsAgainst().size();
        double match = Math.max(-MOST_REASONS, Math.min(MOST_REASONS, reasons));
        double noise = random.nextGaussian();
        double rating = level + settings.generosity() + settings.slope() * match + settings.spread() * noise;
        return Math.round(Math.max(Math.ceil(min), Math.min(Math.floor(max), rating)));
    }

    private SplittableRandom random(String rowId, int sample) {
        String stream = sample == 0 ? rowId : rowId + "#" + sample;
        UUID hash = UUID.nameUUIDFromBytes(stream.getBytes(StandardCharsets.UTF_8));
        return new SplittableRandom(seed ^ hash.getMostSignificantBits());
    }

    private String completion(Judgement judgement, Item target, String rating) {
        String user = text.user(judgement);
        String item = text.item(judgement, target);
        String match = text.match(judgement);
        String rate = Block.RATE.open() + rating + Block.RATE.close();
        return switch (shown.think()) {
            case FOUR_STEPS ->
                String.join("\n", block(Block.USER, user), block(Block.ITEM, item), block(Block.MATCH, match), rate);
            case FREE -> block(Block.THINK, String.join("\n", user, item, match)) + "\n" + rate;
            case NONE -> rate;
        };
    }

    private static String block(Block block, String content) {
        return block.open() + "\n" + content + "\n" + block.close();
    }

    private static String cut(String text, int characters) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters));
    }
}
