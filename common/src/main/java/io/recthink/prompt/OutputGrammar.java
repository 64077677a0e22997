package io.recthink.prompt;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The output grammar of RecZero and its parser:
 *
 * <pre>
 * four steps   user-block item-block match-block rate-block
 * none         rate-block
 * free         think-block rate-block
 * block        open-tag text close-tag        text is not blank and contains no tag
 * rate-block   "&lt;rate&gt;" number "&lt;/rate&gt;"
 * number       [ "-" ] digits [ "." digit [ digit ] ]   within the scale, 1 to 9 digits before the dot, no leading zero
 * </pre>
 *
 * White space is allowed around tags and around the number. Text outside the blocks is allowed; digits after the last
 * block are not. With a {@link ContentRule} each block except the rate block also needs words of its own. After
 * {@link #askingForMarks} the user block and the item block also need marks. Immutable; safe for use by many threads.
 */
public final class OutputGrammar {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,2})?");

    private final List<Block> blocks;
    private final Set<FormatTest> tests;
    private final double min;
    private final double max;
    private final boolean firstIsOpen;
    private final Optional<ContentRule> rule;

    private OutputGrammar(List<Block> blocks, Set<FormatTest> tests, double min, double max) {
        this(blocks, tests, min, max, false, Optional.empty());
    }

    private OutputGrammar(
            List<Block> blocks,
            Set<FormatTest> tests,
            double min,
            double max,
            boolean firstIsOpen,
            Optional<ContentRule> rule) {
        this.blocks = blocks;
        this.tests = tests;
        this.min = min;
        this.max = max;
        this.firstIsOpen = firstIsOpen;
        this.rule = rule;
    }

    /**
     * The grammar of the completions of a prompt. Some chat templates open the first block themselves. The grammar then
     * treats the block as open, also where a completion opens it once more.
     *
     * @param assistantStart the end of the prompt, as {@link Turns#assistantStart}
     */
    public OutputGrammar afterPrompt(String assistantStart) {
        boolean open = assistantStart.strip().endsWith(blocks.get(0).open());
        return new OutputGrammar(blocks, tests, min, max, open, rule);
    }

    /**
     * This grammar with one more format test: each block except the rate block needs words of its own. The test has no
     * effect on the rating. A grammar with a rate block only, and a rule that requires no words, return this grammar.
     */
    public OutputGrammar asking(ContentRule contentRule) {
        if (!contentRule.applies() || blocks.size() == 1) {
            return this;
        }
        Set<FormatTest> more = EnumSet.copyOf(tests);
        more.add(FormatTest.OWN_WORDS);
        return new OutputGrammar(blocks, more, min, max, firstIsOpen, Optional.of(contentRule));
    }

    /**
     * This grammar with one more format test, {@link FormatTest#MARKS}. The test has no effect on the rating. In a
     * grammar without a user block and an item block no completion passes it.
     */
    public OutputGrammar askingForMarks() {
        Set<FormatTest> more = EnumSet.copyOf(tests);
        more.add(FormatTest.MARKS);
        return new OutputGrammar(blocks, more, min, max, firstIsOpen, rule);
    }

    /** The block that the prompt has opened, if any. */
    public Optional<Block> opened() {
        return firstIsOpen ? Optional.of(blocks.get(0)) : Optional.empty();
    }

    /**
     * The grammar of a think mode.
     *
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    public static OutputGrammar of(ThinkMode think, double min, double max) {
        if (!(-1e9 < min && min < max && max < 1e9)) {
            throw new IllegalArgumentException(
                    "a rating scale needs -1e9 < min < max < 1e9, was " + min + " to " + max);
        }
        Set<FormatTest> all = EnumSet.complementOf(EnumSet.of(FormatTest.OWN_WORDS, FormatTest.MARKS));
        return switch (think) {
            case FOUR_STEPS ->
                new OutputGrammar(List.of(Block.USER, Block.ITEM, Block.MATCH, Block.RATE), all, min, max);
            case FREE -> new OutputGrammar(List.of(Block.THINK, Block.RATE), all, min, max);
            case NONE ->
                new OutputGrammar(
                        List.of(Block.RATE),
                        EnumSet.complementOf(EnumSet.of(FormatTest.ORDER, FormatTest.OWN_WORDS, FormatTest.MARKS)),
                        min,
                        max);
        };
    }

    /** The blocks that a completion must have, in order. */
    public List<Block> blocks() {
        return blocks;
    }

    /** The lowest rating of the scale. */
    public double min() {
        return min;
    }

    /** The highest rating of the scale. */
    public double max() {
        return max;
    }

    /**
     * Parses a completion.
     *
     * @param completion the completion without the prompt, because the prompt names the tags
     * @param finished whether the completion ended with an end token, not at the token limit
     */
    public ParsedOutput parse(String completion, boolean finished) {
        String open = blocks.get(0).open();
        return parseWhole(
                firstIsOpen && !completion.strip().startsWith(open) ? open + completion : completion, finished);
    }

    private ParsedOutput parseWhole(String completion, boolean finished) {
        Map<Block, String> contents = contents(completion);
        OptionalDouble rating = number(contents.get(Block.RATE));
        Set<FormatTest> failed = EnumSet.noneOf(FormatTest.class);
        for (FormatTest test : tests) {
            boolean holds =
                    switch (test) {
                        case TAGS ->
                            blocks.stream()
                                    .allMatch(
                                            block -> once(completion, block.open()) && once(completion, block.close()));
                        case ORDER -> ordered(completion);
                        case CONTENT -> blocks.stream().allMatch(block -> !blank(contents.getOrDefault(block, "")));
                        case NUMBER -> rating.isPresent();
                        case TAIL -> noDigitsAfterRating(completion);
                        case READABLE -> completion.codePoints().noneMatch(OutputGrammar::unreadable);
                        case FINISHED -> finished;
                        case OWN_WORDS -> thinkBlocks(contents).allMatch(rule.orElseThrow()::holds);
                        case MARKS ->
                            Marks.complete(
                                    contents.getOrDefault(Block.USER, ""), contents.getOrDefault(Block.ITEM, ""));
                    };
            if (!holds) {
                failed.add(test);
            }
        }
        return new ParsedOutput(
                failed,
                share(failed, contents),
                rating,
                text(contents, Block.USER),
                text(contents, Block.ITEM),
                text(contents, Block.MATCH),
                text(contents, Block.THINK),
                Marks.allIn(completion));
    }

    /** The contents of the blocks that occur exactly once. */
    private Map<Block, String> contents(String completion) {
        Map<Block, String> contents = new EnumMap<>(Block.class);
        for (Block block : blocks) {
            int open = completion.indexOf(block.open());
            int close = completion.indexOf(block.close());
            if (once(completion, block.open()) && once(completion, block.close()) && open < close) {
                contents.put(
                        block, strip(completion.substring(open + block.open().length(), close)));
            }
        }
        return contents;
    }

    private static Optional<String> text(Map<Block, String> contents, Block block) {
        return Optional.ofNullable(contents.get(block));
    }

    private OptionalDouble number(String content) {
        if (content == null || !NUMBER.matcher(content).matches() || (content.startsWith("-") && min >= 0)) {
            return OptionalDouble.empty();
        }
        double value = new BigDecimal(content).doubleValue();
        return value >= min && value <= max ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private boolean ordered(String completion) {
        List<String> tags = new ArrayList<>();
        blocks.forEach(block -> {
            tags.add(block.open());
            tags.add(block.close());
        });
        int last = -1;
        for (String tag : tags) {
            int at = completion.indexOf(tag);
            if (at <= last) {
                return false;
            }
            last = at;
        }
        return true;
    }

    private double share(Set<FormatTest> failed, Map<Block, String> contents) {
        if (rule.isEmpty()) {
            return (double) (tests.size() - failed.size()) / tests.size();
        }
        long others = tests.stream()
                .filter(test -> test != FormatTest.OWN_WORDS && !failed.contains(test))
                .count();
        double words =
                thinkBlocks(contents).mapToDouble(rule.orElseThrow()::share).sum();
        return (others + words) / (tests.size() - 1 + blocks.size() - 1);
    }

    private Stream<String> thinkBlocks(Map<Block, String> contents) {
        return blocks.stream().filter(block -> block != Block.RATE).map(block -> contents.getOrDefault(block, ""));
    }

    private static boolean noDigitsAfterRating(String completion) {
        int close = completion.indexOf(Block.RATE.close());
        return close >= 0 && completion.substring(close).codePoints().noneMatch(Character::isDigit);
    }

    private static boolean once(String completion, String tag) {
        int first = completion.indexOf(tag);
        return first >= 0 && first == completion.lastIndexOf(tag);
    }

    private static boolean unreadable(int character) {
        return character == 0xFFFD
                || (Character.isISOControl(character) && character != '\t' && character != '\n' && character != '\r');
    }

    // String.strip keeps no-break spaces, which a reader sees as blanks.
    private static String strip(String text) {
        return blank(text) ? "" : text.strip();
    }

    private static boolean blank(String text) {
        return text.codePoints()
                .allMatch(character -> Character.isWhitespace(character) || Character.isSpaceChar(character));
    }
}
