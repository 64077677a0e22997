package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF files as people have them: cut into parts, of other programs, of other families under the name of llama. */
class GgufFilesTest {
    private static final int U16 = 2;
    private static final int U32 = 4;
    private static final int I32 = 5;
    private static final int F32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int U64 = 10;
    private static final int PARTS = 3;

    @TempDir
    private Path folder;

    private GgufCopy copy;

    @BeforeEach
    void takeApart() throws IOException {
        copy = GgufCopy.of(llama());
    }

    @Test
    void aFileWrittenAgainIsTheSameModel() throws IOException {
        copy.write(folder.resolve("again.gguf"));
        assertSameModel("again.gguf");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsAllPartsWhicheverIsGiven(int part) throws IOException {
        split();
        assertSameModel(name(part));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void refusesASplitModelOfWhichAPartIsMissing(int part) throws IOException {
        split();
        Files.delete(folder.resolve(name(part)));
        String given = name(part == 1 ? 2 : 1);
        assertRefused(
                given,
                "is one of 3 parts of a model, and " + name(part) + " is missing; put all parts into one folder under"
                        + " their own names, or join them by llama-gguf-split --merge");
    }

    @Test
    void refusesAPartUnderAnotherName() throws IOException {
        split();
        Files.move(folder.resolve(name(1)), folder.resolve("renamed.gguf"));
        assertRefused(
                "renamed.gguf", "is one of 3 parts of a model, but its name does not end in -00001-of-00003.gguf");
        Files.copy(folder.resolve(name(2)), folder.resolve(name(1)));
        assertRefused(name(1), "split.no is 1, but the existing parts make it 0; put all parts");
    }

    @Test
    void refusesPartsThatLackTensors() throws IOException {
        split();
        GgufCopy last = GgufCopy.of(folder.resolve(name(PARTS)));
        last.tensors.remove(0);
        last.write(folder.resolve(name(PARTS)));
        assertRefused(name(1), "split.tensors.count is 20, but the existing parts make it 19");
    }

    @Test
    void refusesRopeScalingHoweverItIsWritten() throws IOException {
        assertRefused(
                copy.with("llama.rope.scaling.factor", F32, 4f),
                "llama.rope.scaling.factor 4.0 without a type means linear scaling, which is not supported");
        assertRefused(
                copy.with("llama.rope.scaling.type", STRING, "yarn"),
                "llama.rope.scaling.type \"yarn\" is not supported");
        copy.with("llama.rope.scaling.type", STRING, "none").write(folder.resolve("none.gguf"));
        assertSameModel("none.gguf");
        copy.without("llama.rope.scaling.type")
                .with("llama.rope.scaling.factor", F32, 1f)
                .write(folder.resolve("one.gguf"));
        assertSameModel("one.gguf");
    }

    @Test
    void refusesRopeScalingInTheSpellingOf2023() throws IOException {
        assertRefused(
                copy.with("llama.rope.scale_linear", F32, 2f),
                "llama.rope.scale_linear 2.0 without a type means linear scaling, which is not supported");
        copy.with("llama.rope.scale_linear", F32, 1f).write(folder.resolve("one.gguf"));
        assertSameModel("one.gguf");
    }

    @Test
    void refusesWeightsThatAreNoNumbers() throws IOException {
        for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            GgufCopy changed = GgufCopy.of(llama());
            GgufCopy.Entry norm = changed.tensors.stream()
                    .filter(tensor -> tensor.name().equals("output_norm.weight"))
                    .findAny()
                    .orElseThrow();
            ByteBuffer.wrap(norm.data()).order(ByteOrder.LITTLE_ENDIAN).putFloat(4 * 5, odd);
            assertRefused(
                    changed,
                    "tensor output_norm.weight has a weight that is not a finite number, element 5 of row 0 (" + odd
                            + ")");
        }
    }

    @Test
    void refusesATokenOrATensorThatIsThereTwice() throws IOException {
        byte[] tokens = copy.metadata.get("tokenizer.ggml.tokens");
        // The list begins with its type and its length, each text with its length; both texts are of one byte.
        int at = 4 + 4 + 8;
        List<Integer> letters = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(tokens).order(ByteOrder.LITTLE_ENDIAN);
        while (at < tokens.length && letters.size() < 2) {
            int length = (int) in.getLong(at);
            if (length == 1) {
                letters.add(at + Long.BYTES);
            }
            at += Long.BYTES + length;
        }
        tokens[letters.get(1)] = tokens[letters.get(0)];
        assertRefused(copy, "tokenizer.ggml.tokens has \"" + (char) tokens[letters.get(0)] + "\" twice, as ");
        GgufCopy again = GgufCopy.of(llama());
        again.tensors.add(again.tensors.get(0));
        assertRefused(again, "tensor " + again.tensors.get(0).name() + " occurs twice; convert the model again");
    }

    @Test
    void refusesNumbersThatNoModelHasWithoutOverflow() throws IOException {
        for (String key : List.of(
                "llama.block_count",
                "llama.embedding_length",
                "llama.feed_forward_length",
                "llama.context_length",
                "llama.attention.head_count",
                "llama.attention.head_count_kv",
                "llama.attention.key_length")) {
            assertRefused(
                    GgufCopy.of(llama()).with(key, U32, 0xFFFFFFFF),
                    key + " 4294967295 is out of range, the largest is 2147483647");
            assertRefused(GgufCopy.of(llama()).with(key, U64, -1L), key + " 18446744073709551615 is out of range");
            if (!key.equals("llama.context_length")) {
                assertRefused(GgufCopy.of(llama()).with(key, U32, Integer.MAX_VALUE), "");
            }
            assertRefused(GgufCopy.of(llama()).with(key, I32, -4), "");
            assertRefused(
                    GgufCopy.of(llama()).with(key, STRING, "4\nx"), key + " must be a whole number (was \"4 x\")");
        }
    }

    @Test
    void showsOfALongListOnlyItsBeginning() throws IOException {
        copy.metadata.put("llama.block_count", copy.metadata.get("tokenizer.ggml.tokens"));
        assertRefused(copy, "llama.block_count must be a whole number (was [");
    }

    @Test
    void refusesHeadsOfOtherSizes() throws IOException {
        assertRefused(
                copy.with("llama.rope.dimension_count", U32, 4),
                "llama.rope.dimension_count 4 is not the size of a head, 8; such models are not supported");
        copy.with("llama.rope.dimension_count", U32, 8);
        assertRefused(
                copy.with("llama.attention.value_length", U32, 16),
                "llama.attention.value_length 16 is not the size of a head, 8");
    }

    @Test
    void refusesKeysThatMayChangeWhatTheModelComputes() throws IOException {
        assertRefused(
                GgufCopy.of(llama()).with("llama.logit_scale", F32, 0.0625f),
                "llama.logit_scale 0.0625 is not supported, because it may change what the model computes");
        assertRefused(
                GgufCopy.of(llama()).with("llama.attention.scale", F32, 0.015625f),
                "llama.attention.scale 0.015625 is not supported");
        assertRefused(
                GgufCopy.of(llama()).with("llama.attention.sliding_window", U32, 4096),
                "llama.attention.sliding_window 4096 is not supported");
        assertRefused(GgufCopy.of(llama()).with("llama.expert_count", U32, 8), "llama.expert_count 8 is not supported");
        assertRefused(
                GgufCopy.of(llama()).with("llama.attention.causal", BOOL, false),
                "llama.attention.causal false is not supported");
        assertRefused(
                GgufCopy.of(llama()).with("llama.a_key_of_tomorrow", STRING, "on"),
                "llama.a_key_of_tomorrow \"on\" is not supported");
        assertRefused(
                GgufCopy.of(llama()).with("general.type", STRING, "adapter"),
                "general.type \"adapter\" is not supported; give the file of a whole model");
        copy.with("llama.expert_count", U32, 0)
                .with("llama.use_parallel_residual", BOOL, false)
                .with("general.quantization_version", U32, 2)
                .write(folder.resolve("neutral.gguf"));
        assertSameModel("neutral.gguf");
    }

    @Test
    void refusesTensorsThatAreNotWhereTheyMustBe() throws IOException {
        Path file = folder.resolve("moved.gguf");
        copy.write(file, 3, -32);
        assertRefused("moved.gguf", " overlap; convert the model again");
        copy.write(file, 3, 4);
        assertRefused("moved.gguf", "which is not a multiple of the alignment 32; convert the model again");
        copy.write(file, 3, 1 << 20);
        assertRefused("moved.gguf", "reaches over the end of the file; it is cut off, fetch it again");
        copy.write(file, 3, -(1 << 20));
        assertRefused("moved.gguf", "reaches over the end of the file");
    }

    @Test
    void namesTheTypesThatItDoesNotRead() throws IOException {
        GgufCopy.Entry tensor = copy.tensors.get(1);
        byte[] description = tensor.description().clone();
        description[description.length - 4] = 10;
        copy.tensors.set(1, new GgufCopy.Entry(tensor.name(), description, tensor.data()));
        assertRefused(copy, "has type 10 (Q2_K), which is not supported; supported are [F32, F16,");
    }

    @Test
    void refusesNumbersOutOfRange() throws IOException {
        assertRefused(
                copy.with("tokenizer.ggml.eos_token_id", U32, -1),
                "tokenizer.ggml.eos_token_id 4294967295 is out of range");
    }

    @Test
    void refusesEndTokensThatTheModelHasNot() throws IOException {
        assertRefused(copy.with("tokenizer.ggml.eos_token_id", U32, 320), "eos_token_id must be below vocab_size");
    }

    @Test
    void saysWhatLiesInPlaceOfAFile() throws IOException {
        Files.writeString(folder.resolve("x.gguf"), "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n");
        assertRefused("x.gguf", "is a Git LFS pointer, not the file itself; fetch it by `git lfs pull`");
        Files.write(folder.resolve("x.gguf"), new byte[0]);
        assertRefused("x.gguf", "is empty; fetch it again");
        Files.createDirectories(folder.resolve("y.gguf"));
        assertRefused("y.gguf", "cannot be read: ");
        assertRefused("nowhere.gguf", "cannot be read: ");
    }

    /** As llama.cpp does it: the first part has all metadata, the others what says which part they are. */
    private void split() throws IOException {
        List<GgufCopy.Entry> tensors = List.copyOf(copy.tensors);
        for (int number = 0; number < PARTS; number++) {
            GgufCopy part = number == 0 ? copy : new GgufCopy();
            part.with("split.no", U16, (short) number)
                    .with("split.count", U16, (short) PARTS)
                    .with("split.tensors.count", I32, tensors.size());
            part.tensors.clear();
            part.tensors.addAll(
                    tensors.subList(number * tensors.size() / PARTS, (number + 1) * tensors.size() / PARTS));
            part.write(folder.resolve(name(number + 1)));
        }
    }

    private static String name(int part) {
        return "llama-0000" + part + "-of-00003.gguf";
    }

    private void assertSameModel(String name) throws IOException {
        Path expected = folder.resolve(name + "-expected");
        Path actual = folder.resolve(name + "-actual");
        GgufImport.convert(llama(), expected);
        GgufImport.convert(folder.resolve(name), actual);
        for (String file : List.of("model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja")) {
            assertThat(actual.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
        }
    }

    private void assertRefused(GgufCopy changed, String message) throws IOException {
        changed.write(folder.resolve("changed.gguf"));
        assertRefused("changed.gguf", message);
    }

    private void assertRefused(String name, String message) {
        assertThatThrownBy(() -> GgufImport.convert(folder.resolve(name), folder.resolve("model")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(600));
        assertThat(folder.resolve("model")).doesNotExist();
    }

    private static Path llama() {
        return Fixtures.folder("llama").resolve("../../gguf/llama.gguf").normalize();
    }
}
