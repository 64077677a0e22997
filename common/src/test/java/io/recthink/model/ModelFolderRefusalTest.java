package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model folder may not be; and what it may be although the fixtures are not. */
class ModelFolderRefusalTest {
    private static final String NORM = "model.norm.weight";
    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    private Path folder;

    @BeforeEach
    void copyFixture() throws IOException {
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")) {
            Files.copy(Fixtures.folder("llama").resolve(name), folder.resolve(name));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'architectures':['GemmaForCausalLM']~architecture ['GemmaForCausalLM'] is not supported; supported are LlamaForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM",
                "'architectures':['LlamaForSequenceClassification']~is not supported",
                "'architectures':null,'model_type':'mamba'~architecture 'mamba' is not supported",
                "'rope_scaling':{'rope_type':'yarn','factor':4.0}~rope_scaling: rope type 'yarn' is not supported; supported are default, llama3",
                "'rope_scaling':{'type':'linear','factor':2.0}~rope type 'linear' is not supported",
                "'rope_parameters':{'rope_type':'longrope'}~rope_parameters: rope type 'longrope' is not supported",
                "'rope_scaling':{'rope_type':'llama3','factor':8.0}~low_freq_factor must be a number (was absent)",
                "'rope_scaling':{'rope_type':'llama3','factor':0.5,'low_freq_factor':1,'high_freq_factor':4,'original_max_position_embeddings':64}~factor must be at least 1 (was 0.5)",
                "'partial_rotary_factor':0.5~partial_rotary_factor other than 1 is not supported",
                "'quantization_config':{'quant_method':'gptq'}~quantization_config: quantised weights are not supported (quant_method gptq); give the model in F32",
                "'use_sliding_window':true~use_sliding_window: sliding-window attention is not supported",
                "'layer_types':['full_attention','sliding_attention']~layer_types: 'sliding_attention' is not supported",
                "'hidden_act':'gelu'~hidden_act 'gelu' is not supported; only silu is",
                "'attention_bias':true~attention_bias true is not supported",
                "'mlp_bias':true~mlp_bias true is not supported",
                "'hidden_size':'big'~hidden_size must be a whole number (was 'big')",
                "'num_hidden_layers':2000000000~num_hidden_layers must be from 1 to 4096 (was 2000000000)",
                "'num_attention_heads':0~num_attention_heads must be at least 1 (was 0)",
                "'num_key_value_heads':3~num_key_value_heads must divide num_attention_heads (was 3)",
                "'head_dim':7~head_dim must be even (was 7)",
                "'head_dim':null,'hidden_size':33~hidden_size 33 is not a multiple of num_attention_heads 4",
                "'rms_norm_eps':null~rms_norm_eps must be a number (was null)",
                "'eos_token_id':'end'~eos_token_id must be a token id or a list of token ids (was 'end')",
                "'eos_token_id':320~eos_token_id must be below vocab_size 320 (was 320); name the tokens",
                "'max_position_embeddings':0~max_position_embeddings must be from 1 to 2147483647 (was 0)"
            })
    void refusesConfigurationsThatItCannotComputeExactly(String change, String message) throws IOException {
        changeConfig(change);
        assertRefused(folder.resolve("config.json"), message.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'intermediate_size':96~tensor model.layers.0.mlp.gate_proj.weight has shape [64, 32], the configuration asks for [96, 32]",
                "'num_hidden_layers':3~tensor model.layers.2.input_layernorm.weight is missing",
                "'num_hidden_layers':1~tensor model.layers.1.input_layernorm.weight is in the folder, but not in a model of this configuration",
                "'tie_word_embeddings':false~tensor lm_head.weight is missing"
            })
    void refusesWeightsThatAreNotThoseOfTheConfiguration(String change, String message) throws IOException {
        changeConfig(change);
        assertRefused(folder, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'rope_theta':null,'rope_parameters':{'rope_type':'default','rope_theta':5000.0}~5000",
                "'rope_theta':null~10000"
            })
    void readsTheRotaryBaseWhereTransformersKeepsIt(String change, double theta) throws IOException {
        changeConfig(change);
        assertThat(ModelConfig.read(folder).ropeTheta()).isEqualTo(theta);
    }

    @Test
    void fillsInWhatLlamaLeavesOut() throws IOException {
        changeConfig("'head_dim':null,'num_key_value_heads':null,'architectures':null,'attention_bias':null");
        assertThat(ModelConfig.read(folder).headDim()).isEqualTo(8);
        assertThat(ModelConfig.read(folder).keyValueHeads()).isEqualTo(4);
    }

    @Test
    void takesTheEndTokensOfTheGenerationConfigurationBeforeThoseOfTheModel() throws IOException {
        changeConfig("'eos_token_id':[7,5]");
        // 2 is the tokenizer's <|im_end|>.
        assertThat(endTokens()).containsExactly(2, 5, 7);
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":[5,9]}");
        assertThat(endTokens()).containsExactly(2, 5, 9);
        Files.writeString(folder.resolve("generation_config.json"), "{\"temperature\":0.6}");
        assertThat(endTokens()).containsExactly(2, 5, 7);
    }

    private List<Integer> endTokens() {
        try (ModelFolder model = ModelFolder.open(folder)) {
            return model.config().endTokens();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"320", "-1", "[2,320]", "\"2\"", "2.5", "[[2]]", "true", "4294967298"})
    void refusesEndTokensThatAreNoTokensInEitherFile(String tokens) throws IOException {
        changeConfig("'eos_token_id':" + tokens);
        assertRefused(folder.resolve("config.json"), "eos_token_id must be ");
        changeConfig("'eos_token_id':2");
        Path generation = folder.resolve("generation_config.json");
        Files.writeString(generation, "{\"eos_token_id\":" + tokens + "}");
        assertRefused(generation, "eos_token_id must be ");
    }

    @Test
    void refusesATokenizerWhoseEndTokenTheModelHasNot() throws IOException {
        Path tokenizer = folder.resolve("tokenizer.json");
        String text = Files.readString(tokenizer);
        assertThat(text).containsPattern("\"id\": 2,");
        Files.writeString(tokenizer, text.replaceFirst("\"id\": 2,", "\"id\": 400,"));
        assertRefused(tokenizer, "the eos_token <|im_end|> has the id 400, but vocab_size is 320; take the tokenizer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'model_type':'granite'~model_type 'granite' does not match LlamaForCausalLM, which has the model_type 'llama'",
                "'model_type':'mistral','architectures':['MistralForCausalLM']~architecture ['MistralForCausalLM'] is not supported",
                "'model_type':'phi3','architectures':null~architecture 'phi3' is not supported",
                "'logits_scaling':8.0~logits_scaling 8.0 is not supported, because it changes what the model computes",
                "'residual_multiplier':0.22~residual_multiplier 0.22 is not supported",
                "'embedding_multiplier':12~embedding_multiplier 12 is not supported",
                "'attention_multiplier':0.015625~attention_multiplier 0.015625 is not supported",
                "'logit_scale':0.0625~logit_scale 0.0625 is not supported",
                "'final_logit_softcapping':30.0~final_logit_softcapping 30.0 is not supported",
                "'query_pre_attn_scalar':256~query_pre_attn_scalar 256 is not supported",
                "'scale_emb':12~scale_emb 12 is not supported",
                "'clip_qkv':8~clip_qkv 8 is not supported",
                "'num_local_experts':8~num_local_experts 8 is not supported",
                "'no_rope_layers':[1,0]~no_rope_layers [1,0] is not supported",
                "'use_sliding_window':'yes'~use_sliding_window must be true or false (was 'yes')",
                "'tie_word_embeddings':'yes'~tie_word_embeddings must be true or false (was 'yes')",
                "'partial_rotary_factor':'half'~partial_rotary_factor other than 1 is not supported",
                "'rope_scaling':'linear'~rope_scaling must be an object (was 'linear')",
                "'rope_scaling':{'factor':4.0}~rope_scaling has the factor 4.0 and no rope_type; name the type",
                "'rope_scaling':{'rope_type':'linear','factor':4.0},'rope_parameters':{'rope_type':'default','rope_theta':10000.0}~rope_scaling and rope_parameters differ in rope_type",
                "'rope_theta':10000.0,'rope_parameters':{'rope_type':'default','rope_theta':500000.0}~rope_theta 10000.0 and rope_theta 500000.0 of rope_parameters differ"
            })
    void refusesFamiliesThatOnlyLookLikeASupportedOne(String change, String message) throws IOException {
        changeConfig(change);
        assertRefused(folder.resolve("config.json"), message.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "'rope_scaling':4~rope_scaling must be an object (was 4)",
                "'rope_scaling':[{'rope_type':'linear'}]~rope_scaling must be an object (was [{'rope_type':'linear'}])",
                "'rope_scaling':'linear','rope_parameters':{'rope_type':'default'}~rope_scaling must be an object (was 'linear')",
                "'rope_scaling':[4],'rope_parameters':{'rope_type':'default'}~rope_scaling must be an object (was [4])",
                "'rope_parameters':'yarn'~rope_parameters must be an object (was 'yarn')",
                "'rope_parameters':true~rope_parameters must be an object (was true)",
                "'rope_scaling':{'rope_type':7}~rope_scaling: rope type 7 is not supported",
                "'rope_scaling':{'rope_type':'default','type':'linear','factor':2}~rope_scaling: rope_type 'default' and type 'linear' differ",
                "'rope_scaling':{'rope_type':'default','factor':4.0}~rope_scaling: factor 4.0 is not supported for the rope type default",
                "'rope_scaling':{'low_freq_factor':4.0}~rope_scaling: low_freq_factor 4.0 is not supported for the rope type default",
                "'rope_scaling':{'rope_type':'default','mrope_section':[1,1,2]}~rope_scaling: mrope_section [1,1,2] is not supported",
                "'rope_parameters':{'full_attention':{'rope_type':'default','rope_theta':1e6}}~rope_parameters has values of its own for full_attention; rotary positions that differ",
                "'rope_scaling':{'type':'dynamic'},'rope_parameters':{'rope_type':'default'}~rope_scaling and rope_parameters differ in rope_type",
                "'rope_scaling':{'rope_theta':5e5}~rope_theta 10000.0 and rope_theta 500000.0 of rope_scaling differ",
                "'layer_types':'sliding_attention'~layer_types must be a list of full_attention (was 'sliding_attention')",
                "'layer_types':{'0':'full_attention'}~layer_types must be a list of full_attention",
                "'layer_types':['full_attention']~layer_types has 1 entries for 2 layers",
                "'layer_types':[1,2]~layer_types: 1 is not supported",
                "'architectures':'GemmaForCausalLM'~architectures must be a list (was 'GemmaForCausalLM')",
                "'hidden_act':1~hidden_act 1 is not supported; only silu is",
                "'rope_theta':1e999~rope_theta must be a number",
                "'rms_norm_eps':'1e-6'~rms_norm_eps must be a number (was '1e-6')",
                "'attn_logit_softcapping':50.0~attn_logit_softcapping 50.0 is not supported, because it changes what the model computes",
                "'hidden_activation':'gelu_pytorch_tanh'~hidden_activation 'gelu_pytorch_tanh' is not supported",
                "'qkv_bias':true~qkv_bias true is not supported",
                "'use_bidirectional_attention':true~use_bidirectional_attention true is not supported",
                "'is_causal':false~is_causal false is not supported",
                "'attention_sinks':4~attention_sinks 4 is not supported",
                "'moe_intermediate_size':64~moe_intermediate_size 64 is not supported",
                "'num_experts_per_tok':2~num_experts_per_tok 2 is not supported",
                "'rope_local_base_freq':10000.0~rope_local_base_freq 10000.0 is not supported",
                "'a_scale_of_tomorrow':0.5~a_scale_of_tomorrow 0.5 is not supported",
                "'quantization':{'bits':4}~quantization {'bits':4} is not supported",
                "'compression_config':{'a':1}~compression_config {'a':1} is not supported",
                "'position_embedding_type':'relative_key'~position_embedding_type 'relative_key' is not supported",
                "'auto_map':{'AutoModelForCausalLM':'modeling_x.X'}~auto_map.AutoModelForCausalLM 'modeling_x.X' is not supported",
            })
    void refusesWhatChangesTheComputationHoweverItIsWritten(String change, String message) throws IOException {
        changeConfig(change);
        assertRefused(folder.resolve("config.json"), message.replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Llama 3.2, SmolLM2, Qwen2.5, Qwen3, TinyLlama, Yi, files of transformers 5, of Unsloth and of axolotl
                "'rope_scaling':{'factor':32.0,'high_freq_factor':4.0,'low_freq_factor':1.0,'original_max_position_embeddings':8192,'rope_type':'llama3'},'mlp_bias':false,'pretraining_tp':1",
                "'is_llama_config':true,'rope_interleaved':false,'rope_scaling':null,'transformers.js_config':{'kv_cache_dtype':{'q4f16':'float16'}}",
                "'use_mrope':false,'use_sliding_window':false,'max_window_layers':21,'sliding_window':32768",
                "'attention_bias':false,'attention_dropout':0.0,'layer_types':['full_attention','full_attention'],'sliding_window':null",
                "'torch_dtype':'bfloat16','transformers_version':'4.35.0','use_cache':true,'initializer_range':0.02",
                "'rope_parameters':{'rope_theta':10000.0,'rope_type':'default'},'dtype':'bfloat16'",
                "'rope_parameters':{'rope_theta':10000.0},'rope_scaling':{}",
                "'unsloth_fixed':true,'unsloth_version':'2025.1.5','_name_or_path':'/tmp/x','_attn_implementation_autoset':true",
                "'head_dim':8,'original_max_position_embeddings':8192,'model_max_length':4096,'max_sequence_length':4096",
                "'rope_scaling':{'type':'default','rope_type':'default'},'hidden_act':'swish','attn_implementation':'sdpa','use_flash_attn':true",
                "'output_attentions':false,'output_hidden_states':true,'problem_type':null,'pruned_heads':{},'chunk_size_feed_forward':0,'is_decoder':false,'bad_words_ids':null,'temperature':1.0,'top_p':1.0,'length_penalty':1.0",
                "'layer_norm_eps':1e-05,'router_aux_loss_coef':0.001,'num_experts':0,'tokenizer_class':null,'auto_map':{'AutoTokenizer':['a','b']}",
            })
    void takesWhatPublishedFoldersSayBesides(String change) throws IOException {
        changeConfig(change);
        ModelFolder.open(folder).close();
    }

    @Test
    void readsFilesThatAreDamagedOrMadeToHarmWithinBounds() throws IOException {
        Map<String, String> hostile = Map.of(
                "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}",
                "is not valid JSON",
                "{\"vocab_size\":" + "9".repeat(1 << 20) + "}",
                "is not valid JSON",
                "{\"a\":[" + "1,".repeat(2 << 20) + "1]}",
                "has more than 1048576 values",
                "{\"model_type\":\"llama\",\"model_type\":\"qwen2\"}",
                "Duplicate field 'model_type'",
                "null",
                "is not a JSON object",
                "[]",
                "is not a JSON object",
                "{\"architectures\":[\"" + "x".repeat(5 << 20) + "\"]}",
                "is not supported");
        for (String name : List.of("config.json", "tokenizer_config.json", "generation_config.json")) {
            Path file = folder.resolve(name);
            String before = Files.exists(file) ? Files.readString(file) : "{}";
            for (Map.Entry<String, String> test : hostile.entrySet()) {
                boolean named = test.getKey().contains("architectures") && !name.equals("config.json");
                if (!named) {
                    Files.writeString(file, test.getKey());
                    assertRefused(file, test.getValue());
                }
            }
            Files.writeString(file, before);
        }
        try (var sparse = new RandomAccessFile(folder.resolve("config.json").toFile(), "rw")) {
            sparse.setLength(5L << 30);
        }
        assertRefused(folder.resolve("config.json"), "has 5368709120 bytes, the most is 67108864");
    }

    @Test
    void takesForeignSettingsThatChangeNothing() throws IOException {
        changeConfig("'logits_scaling':1.0,'residual_multiplier':1,'final_logit_softcapping':null,'num_experts':0,"
                + "'sliding_window':4096,'max_window_layers':28,'pretraining_tp':1,'partial_rotary_factor':1.0");
        ModelFolder.open(folder).close();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void refusesWeightsThatAreNoNumbers(float odd) throws IOException {
        Map<String, float[]> tensors = tensors();
        tensors.get(NORM)[7] = odd;
        rewrite(tensors);
        String message =
                "tensor " + NORM + " has a weight that is not a finite number (" + odd + "); fetch the files again";
        try (ModelFolder model = ModelFolder.open(folder)) {
            var norm = model.layout().parameter(NORM);
            FloatBuffer out = FloatBuffer.allocate(40).position(3);
            assertThatThrownBy(() -> model.read(norm, out)).hasMessageContaining(message);
            assertThatThrownBy(() -> model.read(norm, 7, FloatBuffer.allocate(1)))
                    .hasMessageContaining(message);
            assertThatThrownBy(() -> model.readPieces(norm, (first, values) -> {}))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(message);
            model.read(norm, 8, FloatBuffer.allocate(4));
        }
    }

    @Test
    void readsATiedModelWhoseFileHasTheHeadInPlaceOfTheEmbedding() throws IOException {
        Map<String, float[]> tensors = tensors();
        float[] embedding = tensors.remove(EMBEDDING);
        tensors.put("lm_head.weight", embedding);
        rewrite(tensors);
        try (ModelFolder model = ModelFolder.open(folder)) {
            float[] read = new float[embedding.length];
            model.read(model.layout().parameter(EMBEDDING), FloatBuffer.wrap(read));
            assertThat(read).containsExactly(embedding);
            List<Float> pieces = new ArrayList<>();
            model.readPieces(model.layout().parameter(EMBEDDING), (first, values) -> {
                while (values.hasRemaining()) {
                    pieces.add(values.get());
                }
            });
            assertThat(pieces).hasSize(embedding.length);
        }
        changeConfig("'tie_word_embeddings':false");
        assertRefused(folder, "tensor " + EMBEDDING + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"})
    void saysWhatLiesInPlaceOfAFile(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n");
        assertUnusable(file + ": is a Git LFS pointer, not the file itself; fetch it by `git lfs pull`");
        Files.writeString(file, "<!DOCTYPE html><html>Sign in</html>");
        assertUnusable(file + ": is a web page, not the file itself; fetch it again");
        Files.write(file, new byte[0]);
        assertUnusable(file + ": is empty; fetch it again");
    }

    private void assertUnusable(String message) {
        assertThatThrownBy(() -> {
                    try (ModelFolder model = ModelFolder.open(folder)) {
                        model.tokenizer().close();
                    }
                })
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    @Test
    void saysThatADownloadWasCutOff() throws IOException {
        Path weights = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));
        assertRefused(weights, "; it is cut off, fetch it again");
        Files.write(weights, Arrays.copyOf(bytes, 100));
        assertRefused(weights, "; it is cut off, fetch it again");
        Files.write(weights, Arrays.copyOf(bytes, 5));
        assertRefused(weights, "(5 bytes); it is cut off, fetch it again");
    }

    @Test
    void saysWhatToDoWithFoldersInOtherFormats() throws IOException {
        Files.move(folder.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"));
        assertRefused(folder, "pytorch_model.bin is not read; load the model with transformers and save it as");
        Files.move(folder.resolve("tokenizer.json"), folder.resolve("tokenizer.model"));
        assertRefused(folder, "has no tokenizer.json (tokenizer.model is not read); save the model's fast tokenizer");
    }

    @Test
    void saysWhatToDoWithWeightsInFloat8() throws IOException {
        String header = "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 1).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        Path weights = Files.write(folder.resolve("model.safetensors"), bytes.array());
        assertRefused(
                weights,
                "x: element type F8_E4M3 is not supported; supported are F32, F16, BF16: save the model in one of them");
    }

    @Test
    void findsTheTokensOfATokenizerBehindItsOtherParts() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"model\":{\"vocab\":{\"a\":1},\"merges\":[[\"a\",\"b\"]]},\"added_tokens\":[{\"id\":11,\"content\":\"<|im_end|>\"}]}");
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThat(model.config().endTokens()).contains(11);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "[1]~is not a JSON object",
                "{'model':{}~is not valid JSON",
                "{'model':{'a':1,'a':2}}~Duplicate field 'a'"
            })
    void refusesATokenizerThatIsNoJson(String text, String message) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, text.replace('\'', '"'));
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesAFolderWithoutConfiguration() throws IOException {
        Files.delete(folder.resolve("config.json"));
        assertRefused(folder, "is not a model folder, it has no config.json");
    }

    @Test
    void refusesAFolderWithoutTokenizer() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        assertRefused(folder, "has no tokenizer.json; save the model's fast tokenizer into the folder");
        assertThatThrownBy(() -> ModelTokenizer.open(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has no tokenizer.json");
    }

    @Test
    void refusesAFolderWithoutWeights() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        assertRefused(folder, "has neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void refusesATokenizerThatIsLargerThanTheModel() throws IOException {
        String tokenizer = Files.readString(folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer.json"), tokenizer.replaceFirst("\"vocab\": *\\{", "\"vocab\":{\"zzz\":320,"));
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThatThrownBy(model::tokenizer)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("tokenizer.json has token ids up to 320, but vocab_size is 320");
        }
    }

    @Test
    void readsShardsByTheirIndex() throws IOException {
        Map<String, float[]> tensors = tensors();
        splitIntoShards();
        try (ModelFolder model = ModelFolder.open(folder)) {
            tensors.forEach((name, values) -> {
                float[] read = new float[values.length];
                model.read(model.layout().parameter(name), FloatBuffer.wrap(read));
                assertThat(read).as(name).containsExactly(values);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "../b.safetensors",
        "/tmp/b.safetensors",
        "..\\\\b.safetensors",
        "sub/b.safetensors",
        "..",
        "C:b.safetensors",
        "b.bin"
    })
    void refusesAnIndexThatPointsOutsideTheFolder(String shard) throws IOException {
        splitIntoShards();
        changeIndex(NORM, shard);
        assertRefused(
                folder.resolve("model.safetensors.index.json"),
                NORM + ": \"" + shard.replace("\\", "\\\\")
                        + "\" is not the name of a safetensors file in this folder");
    }

    @Test
    void refusesAnIndexThatIsNotTrue() throws IOException {
        splitIntoShards();
        Path index = folder.resolve("model.safetensors.index.json");
        changeIndex(NORM, "c.safetensors");
        assertRefused(index, NORM + ": shard c.safetensors is missing");
        changeIndex(NORM, "a.safetensors");
        assertRefused(index, NORM + " is not in a.safetensors");
        Files.copy(folder.resolve("b.safetensors"), folder.resolve("d.safetensors"));
        changeIndex(NORM, "d.safetensors");
        changeIndex(EMBEDDING, "b.safetensors");
        assertRefused(folder.resolve("d.safetensors"), NORM + " is in another shard too");
        Files.writeString(index, "{\"metadata\":{}}");
        assertRefused(index, "has no weight_map");
    }

    @Test
    void takesTheHeadOfATiedModelOnlyIfItIsTheEmbedding() throws IOException {
        Map<String, float[]> tensors = tensors();
        float[] head = tensors.get(EMBEDDING).clone();
        tensors.put("lm_head.weight", head);
        rewrite(tensors);
        ModelFolder.open(folder).close();
        head[head.length - 1] += 1;
        rewrite(tensors);
        assertRefused(folder, "tensor lm_head.weight differs from " + EMBEDDING);
    }

    @Test
    void ignoresTheRotaryTablesOfOldConversions() throws IOException {
        Map<String, float[]> tensors = tensors();
        tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", new float[4]);
        rewrite(tensors);
        ModelFolder.open(folder).close();
    }

    private void assertRefused(Path where, String message) {
        assertThatThrownBy(() -> ModelFolder.open(folder).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(where + ": ")
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(600));
    }

    /** Merges the entries into config.json; quotes are single. */
    private void changeConfig(String entries) throws IOException {
        Path file = folder.resolve("config.json");
        ObjectNode config = (ObjectNode) JsonFile.readObject(file);
        String json = "{" + entries.replace('\'', '"') + "}";
        config.setAll((ObjectNode) JsonFile.parseObject("change", json.getBytes(StandardCharsets.UTF_8)));
        JsonFile.write(file, config);
    }

    private void changeIndex(String tensor, String shard) {
        Path file = folder.resolve("model.safetensors.index.json");
        ObjectNode index = (ObjectNode) JsonFile.readObject(file);
        ((ObjectNode) index.path("weight_map")).put(tensor, shard);
        JsonFile.write(file, index);
    }

    /** All tensors of the fixture. */
    private static Map<String, float[]> tensors() {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        try (ModelFolder original = ModelFolder.open(Fixtures.folder("llama"))) {
            original.layout().parameters().forEach(parameter -> {
                float[] values = new float[(int) parameter.size()];
                original.read(parameter, FloatBuffer.wrap(values));
                tensors.put(parameter.name(), values);
            });
        }
        return tensors;
    }

    /** Replaces the weights by two files, the second with the final norm only, and an index. */
    private void splitIntoShards() throws IOException {
        Map<String, float[]> first = tensors();
        Map<String, float[]> second = Map.of(NORM, first.remove(NORM));
        Files.delete(folder.resolve("model.safetensors"));
        write("a.safetensors", first);
        write("b.safetensors", second);
        ObjectNode index = JsonFile.MAPPER.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        first.keySet().forEach(name -> map.put(name, "a.safetensors"));
        map.put(NORM, "b.safetensors");
        JsonFile.write(folder.resolve("model.safetensors.index.json"), index);
    }

    private void rewrite(Map<String, float[]> tensors) {
        write("model.safetensors", tensors);
    }

    private void write(String file, Map<String, float[]> tensors) {
        ParameterLayout layout = ParameterLayout.of(ModelConfig.read(Fixtures.folder("llama")));
        List<TensorInfo> infos = tensors.entrySet().stream()
                .map(tensor -> new TensorInfo(tensor.getKey(), ElementType.F32, shape(layout, tensor)))
                .toList();
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(file), Map.of(), infos)) {
            tensors.values().forEach(values -> writer.write(FloatBuffer.wrap(values)));
        }
    }

    private static List<Long> shape(ParameterLayout layout, Map.Entry<String, float[]> tensor) {
        String name = tensor.getKey().equals("lm_head.weight") ? EMBEDDING : tensor.getKey();
        return layout.find(name).map(ParameterLayout.Parameter::shape).orElse(List.of((long) tensor.getValue().length));
    }
}
