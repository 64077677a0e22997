package io.recthink.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the vocabulary of tokenizer.json piece by piece, because it is the one large part of the file. The vocabulary
 * is checked before the library reads it.
 */
final class TokenizerVocabulary {
    // The largest published vocabularies have a quarter of a million tokens.
    private static final int MOST_TOKENS = 1 << 21;
    private static final int MOST_MERGES = 1 << 22;
    private static final int LARGEST_ID = 1 << 24;
    private static final int LONGEST_TOKEN = 1024;

    private final Map<String, Integer> ids = new HashMap<>();
    private final BitSet taken = new BitSet();
    private boolean listed;
    private String commonStart; // common beginning of the right sides of the merges
    private boolean hasMerges;
    private long merges; // digest of the merges

    /** Reads the value at the parser: an object of ids, or a list of tokens with scores. */
    void readTokens(JsonParser parser) throws IOException {
        listed = parser.currentToken() == JsonToken.START_ARRAY;
        if (listed) {
            readList(parser);
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            readObject(parser);
        } else {
            throw new IllegalArgumentException("model.vocab is neither an object nor a list");
        }
    }

    private void readObject(JsonParser parser) throws IOException {
        for (String token = parser.nextFieldName(); token != null; token = parser.nextFieldName()) {
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new IllegalArgumentException(
                        "model.vocab has a token whose id is not a whole number: " + shown(token));
            }
            long id = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : parser.getLongValue();
            if (id < 0 || id >= LARGEST_ID) {
                throw new IllegalArgumentException("model.vocab has the id " + shown(parser.getText())
                        + "; supported ids are below " + LARGEST_ID);
            }
            add(token, (int) id);
        }
    }

    /** Reads pairs of a token and the logarithm of its probability, in the order of the ids. */
    private void readList(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean pair =
                    parser.currentToken() == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.VALUE_STRING;
            String token = pair ? parser.getText() : "";
            boolean number = pair && parser.nextToken().isNumeric() && Double.isFinite(parser.getDoubleValue());
            if (!number || token.isEmpty() || parser.nextToken() != JsonToken.END_ARRAY) {
                throw new IllegalArgumentException(
                        "model.vocab must be a list of tokens with their scores; entry " + ids.size() + " is not");
            }
            add(token, ids.size());
        }
    }

    private void add(String token, int id) {
        if (taken.get(id)) {
            throw new IllegalArgumentException("model.vocab has the id " + id + " twice");
        }
        taken.set(id);
        if (ids.put(token, id) != null) {
            throw new IllegalArgumentException("model.vocab has " + shown(token) + " twice");
        }
        if (ids.size() > MOST_TOKENS) {
            throw new IllegalArgumentException("model.vocab has more than " + MOST_TOKENS + " tokens");
        }
        if (token.length() > LONGEST_TOKEN) {
            throw new IllegalArgumentException("model.vocab has a token of more than " + LONGEST_TOKEN + " characters");
        }
    }

    /** Reads the value at the parser: a list of pairs, as lists or as texts with a blank. */
    void readMerges(JsonParser parser) throws IOException {
        hasMerges = true;
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("model.merges is not a list");
        }
        for (int count = 0; parser.nextToken() != JsonToken.END_ARRAY; count++) {
            String[] pair = pair(parser);
            String right = pair == null ? null : pair[1];
            if (right == null || count >= MOST_MERGES) {
                throw new IllegalArgumentException(
                        right == null
                                ? "model.merges must be a list of pairs; entry " + count + " is not"
                                : "model.merges has more than " + MOST_MERGES + " entries");
            }
            merges = 31 * (31 * merges + pair[0].hashCode()) + right.hashCode();
            commonStart = commonStart == null ? right : commonStart(right);
        }
    }

    private String commonStart(String right) {
        int length = 0;
        while (length < Math.min(commonStart.length(), right.length())
                && commonStart.charAt(length) == right.charAt(length)) {
            length++;
        }
        return commonStart.substring(0, length);
    }

    /** Reads the left and the right side of a merge; null where the value is not a pair. */
    private static String[] pair(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            int blank = text.indexOf(' ');
            return blank < 0 ? null : new String[] {text.substring(0, blank), text.substring(blank + 1)};
        }
        if (parser.currentToken() != JsonToken.START_ARRAY || parser.nextToken() != JsonToken.VALUE_STRING) {
            return null;
        }
        String left = parser.getText();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
            return null;
        }
        String right = parser.getText();
        return parser.nextToken() == JsonToken.END_ARRAY ? new String[] {left, right} : null;
    }

    private static String shown(String token) {
        return "\"" + GgufReader.line(token) + "\"";
    }

    /** One more than the largest id; 0 where there is no token. */
    int size() {
        return taken.length();
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The token of an id. */
    Optional<String> token(int id) {
        return ids.entrySet().stream()
                .filter(entry -> entry.getValue() == id)
                .map(Map.Entry::getKey)
                .findAny();
    }

    /** Whether it is a list of tokens with scores. */
    boolean isListed() {
        return listed;
    }

    boolean hasMerges() {
        return hasMerges;
    }

    /** Whether this vocabulary has the same tokens and merges as another, however the merges are written. */
    boolean isSame(TokenizerVocabulary other) {
        return ids.equals(other.ids) && merges == other.merges;
    }

    /** Whether the right sides of all merges begin with {@code prefix}. */
    boolean mergesContinueWith(String prefix) {
        return commonStart == null || commonStart.startsWith(prefix);
    }
}
