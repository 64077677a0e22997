package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tokenizer.json may not say: with most of it the library ends the process or takes all memory. */
@Timeout(60)
class TokenizerCheckTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private ObjectNode tokenizer;

    @BeforeEach
    void makeTokenizer() throws IOException {
        tokenizer = (ObjectNode)
                JSON.readTree(
                        """
                {"version": "1.0", "truncation": null, "padding": null,
                 "added_tokens": [{"id": 5, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true}],
                 "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
                   "trim_offsets": true, "use_regex": true}, "post_processor": null, "decoder": {"type": "ByteLevel",
                   "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                   "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                   "vocab": {"a": 0, "b": 1, "Ġ": 2, "ab": 3, "abb": 4}, "merges": ["a b", "ab b"]}}
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                // Texts that grow
                "normalizer~{'type':'Replace','pattern':{'String':'a'},'content':'aaaaaaaaaaaaaaaaaaaaa'}~normalizer {'type':'Replace','pattern':{'String':'a'},'content':'aaaaaaaaaaaaaaaaaaaaa'} may lengthen a text more than 8 times",
                "normalizer~{'type':'Sequence','normalizers':[{'type':'Replace','pattern':{'String':'a'},'content':'aaa'},{'type':'Replace','pattern':{'Regex':'a'},'content':'aaa'}]}~normalizer may lengthen a text more than 8 times",
                "normalizer~{'type':'Replace','pattern':{'String':''},'content':'b'}~normalizer.pattern matches the empty text",
                "normalizer~{'type':'Replace','pattern':{'Regex':'x*'},'content':'b'}~normalizer.pattern matches the empty text",
                "normalizer~{'type':'Prepend','prepend':7}~normalizer.prepend 7 must be a text",
                "decoder~{'type':'Replace','pattern':{'String':'a'},'content':'aaaaaaaaaaaaaaaaaaaaa'}~may lengthen a text",
                // Expressions
                "pre_tokenizer~{'type':'Split','pattern':{'Regex':'(a+)+b'},'behavior':'Isolated','invert':false}~pre_tokenizer.pattern.Regex '(a+)+b' repeats a group",
                "normalizer~{'type':'Replace','pattern':{'Regex':'(a|a)*b'},'content':''}~normalizer.pattern.Regex '(a|a)*b' repeats a group",
                "pre_tokenizer~{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'a*a*b'},'behavior':'Isolated'}]}~pre_tokenizer.pretokenizers[0].pattern.Regex 'a*a*b' repeats the same characters",
                "pre_tokenizer~{'type':'Split','pattern':'a','behavior':'Isolated'}~pre_tokenizer.pattern 'a' must have a String or a Regex",
                // What panics
                "pre_tokenizer~{'type':'FixedLength','length':0}~pre_tokenizer.length 0 must be at least 1",
                "normalizer~{'type':'Precompiled','precompiled_charsmap':'AAAA'}~normalizer.precompiled_charsmap has no trie",
                "normalizer~{'type':'Precompiled','precompiled_charsmap':'BAAAAP////8='}~precompiled_charsmap has a trie that points outside of itself",
                "normalizer~{'type':'Precompiled','precompiled_charsmap':'!'}~precompiled_charsmap is not base64",
                "normalizer~{'type':'Precompiled','precompiled_charsmap':null}~precompiled_charsmap null must be text",
                "decoder~{'type':'Strip','content':' ','start':0,'stop':9}~decoder.stop 9 must be 0",
                "post_processor~{'type':'TemplateProcessing','single':[{'Sequence':{'id':'B','type_id':0}}],'pair':[],'special_tokens':{}}~post_processor.single {'Sequence':{'id':'B','type_id':0}} is neither",
                "post_processor~{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<x>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],'pair':[],'special_tokens':{}}~post_processor.single '<x>' is not one of special_tokens",
                // What changes texts without a word
                "post_processor~{'type':'TemplateProcessing','single':[],'pair':[],'special_tokens':{}}~post_processor.single must have the text A once (has it 0 times)",
                "post_processor~{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],'pair':[],'special_tokens':{}}~has it 2 times",
                // What is not known
                "normalizer~{'type':'Explode'}~normalizer.type 'Explode' is not supported; supported are BertNormalizer, ByteLevel",
                "normalizer~{}~normalizer.type absent is not supported",
                "normalizer~'NFC'~normalizer 'NFC' must be an object",
                "normalizer~{'type':'Sequence','normalizers':{'a':1}}~normalizer.normalizers {'a':1} must be a list",
                "pre_tokenizer~{'type':'Morpheme'}~pre_tokenizer.type 'Morpheme' is not supported",
                "decoder~{'type':'Sing'}~decoder.type 'Sing' is not supported",
                "post_processor~{'type':'Shout'}~post_processor.type 'Shout' is not supported",
                "truncation~7~truncation 7 must be an object or null",
                "added_tokens~7~added_tokens 7 must be a list",
                "added_tokens~[{'id':'5','content':'<s>'}]~added_tokens.id '5' must be the id of a token",
                "added_tokens~[{'id':-5,'content':'<s>'}]~added_tokens.id -5 must be the id of a token",
                "added_tokens~[{'id':5,'content':7}]~added_tokens.content 7 must be a text",
                "added_tokens~[{'id':5,'content':'<s>','special':'yes'}]~added_tokens.special 'yes' must be true or false",
                "added_tokens~[{'id':5,'content':'<s>'},{'id':5,'content':'<t>'}]~added_tokens has the id 5 twice",
                "model~7~model 7 must be an object",
                "model~{'type':'Markov','vocab':{'a':0}}~model.type 'Markov' is not supported",
                "model~{'type':'Unigram','unk_id':0,'vocab':{'a':0}}~model.vocab is not the vocabulary of a model of the type Unigram",
                "model~{'type':'Unigram','unk_id':0,'vocab':[['a',0],['b','x']]}~entry 1 is not",
                "model~{'type':'Unigram','unk_id':0,'vocab':[['',0]]}~entry 0 is not",
                "model~{'type':'Unigram','unk_id':7,'vocab':[['a',0]]}~model.unk_id 7 must be the id of the token",
                "model~{'type':'WordLevel','unk_token':'?','vocab':{'a':0}}~model.unk_token '?' must be the token of the vocabulary for unknown text",
                "model~{'type':'WordPiece','unk_token':'a','max_input_chars_per_word':99999999,'vocab':{'a':0}}~model.max_input_chars_per_word 99999999 must be at most 1000",
                "model.dropout~0.1~model.dropout 0.1 is not supported, because it makes the tokens of a text random",
                "model.dropout~'0'~model.dropout '0' is not supported",
                "model.unk_token~'<unk>'~model.unk_token '<unk>' must be the token of the vocabulary for unknown text",
                "model.continuing_subword_prefix~'##'~model.continuing_subword_prefix '##' is not the prefix of the right sides",
                "model.vocab~{'a':0,'b':0}~model.vocab has the id 0 twice",
                "model.vocab~{'a':-1}~model.vocab has the id '-1'",
                "model.vocab~{'a':4294967296}~model.vocab has the id '4294967296'; supported ids are below 16777216",
                "model.vocab~{'a':99999999999999999999999}~model.vocab has the id",
                "model.vocab~{'a':'0'}~model.vocab has a token whose id is not a whole number: 'a'",
                "model.vocab~{'a':0.5}~model.vocab has a token whose id is not a whole number",
                "model.vocab~'abc'~model.vocab is neither an object nor a list",
                "model.merges~{'a':'b'}~model.merges is not a list",
                "model.merges~['ab']~model.merges must be a list of pairs; entry 0 is not",
                "model.merges~[['a']]~model.merges must be a list of pairs; entry 0 is not",
                "model.merges~[['a','b','b']]~model.merges must be a list of pairs; entry 0 is not",
            })
    void refusesWhatTheLibraryCannotTakeOrOnlyWithoutBounds(String key, String value, String message)
            throws IOException {
        set(key, value);
        assertRefused(message.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "normalizer~{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},{'type':'Replace','pattern':{'String':' '},'content':'▁'}]}",
                "normalizer~{'type':'Sequence','normalizers':[{'type':'NFKC'},{'type':'Lowercase'},{'type':'StripAccents'},{'type':'Strip','strip_left':true,'strip_right':true}]}",
                "normalizer~{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '}",
                "pre_tokenizer~{'type':'Sequence','pretokenizers':[{'type':'Digits','individual_digits':true},{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':true}]}",
                "pre_tokenizer~{'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':false}",
                "pre_tokenizer~{'type':'Split','pattern':{'String':' '},'behavior':'MergedWithPrevious','invert':false}",
                "decoder~{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'▁'},'content':' '},{'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':' ','start':1,'stop':0}]}",
                "decoder~null",
                "post_processor~{'type':'Sequence','processors':[{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false,'use_regex':true},{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':1}}],'special_tokens':{'<s>':{'id':'<s>','ids':[5],'tokens':['<s>']}}}]}",
                "model.dropout~0.0",
                "model.unk_token~'<s>'",
                "model.merges~[['a','b'],['ab','b']]",
                "model.continuing_subword_prefix~''",
                "model.type~null"
            })
    void takesWhatPublishedTokenizersSay(String key, String value) throws IOException {
        set(key, value);
        if (key.equals("model.type")) {
            ((ObjectNode) tokenizer.get("model")).remove("type");
        }
        assertThat(encode("ab abb<s>")).contains(3, 5);
    }

    @Test
    void neitherCutsNorFillsTextsWhateverTheFileSays() throws IOException {
        int[] plain = encode("abb ab abb ab");
        set("truncation", "{'max_length':2,'strategy':'LongestFirst','stride':9,'direction':'Right'}");
        set(
                "padding",
                "{'strategy':{'Fixed':99},'direction':'Right','pad_to_multiple_of':8,'pad_id':0,'pad_type_id':0,'pad_token':'a'}");
        assertThat(encode("abb ab abb ab")).isEqualTo(plain).hasSize(7);
    }

    @Test
    void aTextThatTheTokenizerCannotEncodeIsRefusedWithoutATrace() throws IOException {
        set("model", "{'type':'BPE','vocab':{'a':0},'merges':[],'unk_token':''}");
        set("pre_tokenizer", "null");
        assertThatThrownBy(() -> encode("x"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(folder.resolve("tokenizer.json") + ": ");
    }

    @Test
    void takesTheCharacterMapsOfSentencePiece() throws IOException {
        set("normalizer", "{'type':'Precompiled','precompiled_charsmap':'" + map(0, "b") + "'}");
        assertThat(encode("aa")).containsExactly(1, 1);
    }

    @Test
    void refusesCharacterMapsThatLeadOutOfTheirTexts() throws IOException {
        for (String map : List.of(map(9, "b"), map(0, "b".repeat(99)), map(1, "é"), map(0, "\uD800"))) {
            set("normalizer", "{'type':'Precompiled','precompiled_charsmap':'" + map + "'}");
            assertRefused("normalizer.precompiled_charsmap has ");
        }
    }

    /** A map from a to a text, which begins at a place among the texts. */
    private static String map(int start, String text) {
        byte[] texts = (text + "\0").getBytes(StandardCharsets.UTF_8);
        texts = text.equals("\uD800") ? new byte[] {(byte) 0xFF, 0} : texts;
        int[] units = new int[512];
        units[0] = 256 << 10; // the root is at 256
        units[256 ^ 'a'] = 'a' | 1 << 8 | (128 << 10); // the node of a, at that place xor 128, which has a leaf
        units[256 ^ 'a' ^ 128] = 1 << 31 | start;
        ByteBuffer bytes =
                ByteBuffer.allocate(4 + units.length * 4 + texts.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(units.length * 4);
        for (int unit : units) {
            bytes.putInt(unit);
        }
        return Base64.getEncoder().encodeToString(bytes.put(texts).array());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 70, 5000})
    void boundsTheDepthOfSequences(int depth) throws IOException {
        String open = "{\"type\":\"Sequence\",\"normalizers\":[";
        write(tokenizer
                .toString()
                .replace(
                        "\"normalizer\":null",
                        "\"normalizer\":" + open.repeat(depth) + "{\"type\":\"NFC\"}" + "]}".repeat(depth)));
        assertRefusedAsItStands(depth < 500 ? "normalizer" : "is not valid JSON: ");
    }

    @Test
    void boundsTheLengthOfSequencesAndLists() throws IOException {
        ArrayNode steps =
                tokenizer.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        for (int i = 0; i < 100; i++) {
            steps.addObject().put("type", "NFC");
        }
        assertRefused("has more than 64 parts");
    }

    @Test
    void boundsWhatIsReadOfAFile() throws IOException {
        tokenizer.set("extra", JSON.readTree("[" + "[],".repeat(1 << 20) + "[]]"));
        assertRefused("is not valid JSON: has more than 1048576 values");
        tokenizer.remove("extra");
        ((ObjectNode) tokenizer.at("/model/vocab")).put("a".repeat(2000), 9);
        assertRefused("model.vocab has a token of more than 1024 characters");
        makeTokenizer();
        write(tokenizer + "{}");
        assertRefusedAsItStands("is not valid JSON: something follows the object");
        write("{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}");
        assertRefusedAsItStands("Duplicate field 'a'");
        write("{\"model\":{\"vocab\":[[\"a\"");
        assertRefusedAsItStands("is not valid JSON");
        try (var sparse = new RandomAccessFile(folder.resolve("tokenizer.json").toFile(), "rw")) {
            sparse.setLength(3L << 30);
        }
        assertRefusedAsItStands("has 3221225472 bytes, the most is 268435456");
    }

    /** The value of a key, which may be of the model; quotes are single. */
    private void set(String key, String value) throws IOException {
        JsonNode json = JSON.readTree(value.replace('\'', '"'));
        if (key.startsWith("model.")) {
            ((ObjectNode) tokenizer.get("model")).set(key.substring(6), json);
        } else {
            tokenizer.set(key, json);
        }
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), text);
    }

    private int[] encode(String text) throws IOException {
        write(tokenizer.toString());
        try (ModelTokenizer opened = ModelTokenizer.open(folder)) {
            return opened.encode(text);
        }
    }

    private void assertRefused(String message) throws IOException {
        write(tokenizer.toString());
        assertRefusedAsItStands(message);
    }

    private void assertRefusedAsItStands(String message) {
        assertThatThrownBy(() -> ModelTokenizer.open(folder).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(folder.resolve("tokenizer.json") + ": ")
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(700).doesNotContain("\n"));
    }

    @Test
    void everyPartIsCheckedInItsPlace() {
        assertThat(new ArrayList<>(List.of("normalizer", "pre_tokenizer", "post_processor", "decoder", "model")))
                .allSatisfy(key -> {
                    makeTokenizer();
                    tokenizer.set(key, JSON.readTree("[]"));
                    assertRefused(key + " [] must be an object");
                });
    }
}
