package io.recthink.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * Checks the precompiled character map of SentencePiece: the length of a trie in bytes, the trie (a double array,
 * Darts-clone), and texts with a zero byte after each. The library follows the trie without bounds checks, so this
 * class follows all paths through it first.
 */
final class CharacterMap {
    private static final int LARGEST = 1 << 21; // characters of base64; the largest map of SentencePiece has a fifth
    private static final int LONGEST_TEXT = 64; // bytes; the longest text of NFKC has 33

    private final int[] units;
    private final byte[] texts;

    private CharacterMap(int[] units, byte[] texts) {
        this.units = units;
        this.texts = texts;
    }

    /**
     * Checks a map.
     *
     * @throws IllegalArgumentException with the reason why the library cannot use the map
     */
    static void check(String base64) {
        if (base64.length() > LARGEST) {
            throw new IllegalArgumentException("has more than " + LARGEST + " characters");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not base64", e);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes.length < Integer.BYTES ? -1 : buffer.getInt();
        if (length < Integer.BYTES || length % Integer.BYTES != 0 || length > buffer.remaining()) {
            throw new IllegalArgumentException("has no trie");
        }
        int[] units = new int[length / Integer.BYTES];
        buffer.asIntBuffer().get(units);
        byte[] texts = new byte[buffer.remaining() - length];
        buffer.position(buffer.position() + length).get(texts);
        requireUtf8(texts);
        new CharacterMap(units, texts).followAll();
    }

    private static void requireUtf8(byte[] texts) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("has texts that are not UTF-8", e);
        }
    }

    private void followAll() {
        BitSet seen = new BitSet();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(offset(units[0]));
        while (!open.isEmpty()) {
            int node = open.pop();
            if (!seen.get(node)) {
                seen.set(node);
                follow(node, open);
            }
        }
    }

    private void follow(int node, Deque<Integer> open) {
        for (int label = 1; label < 256; label++) {
            int unit = units[inside(node ^ label)];
            // A set upper bit marks a value, which does not lead further.
            if ((unit & 0x800000FF) == label) {
                int next = inside(node ^ label) ^ offset(unit);
                if ((unit >>> 8 & 1) == 1) {
                    requireText(units[inside(next)] & 0x7FFFFFFF);
                }
                open.push(next);
            }
        }
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private int inside(int position) {
        if (position < 0 || position >= units.length) {
            throw new IllegalArgumentException("has a trie that points outside of itself");
        }
        return position;
    }

    private void requireText(int start) {
        boolean begins =
                start >= 0 && start <= texts.length && (start == texts.length || (texts[start] & 0xC0) != 0x80);
        int end = start;
        while (begins && end < texts.length && texts[end] != 0 && end - start <= LONGEST_TEXT) {
            end++;
        }
        if (!begins || end - start > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "has an entry without a text, or with a text of more than " + LONGEST_TEXT + " bytes");
        }
    }
}
