package dev.moa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.MoaException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** What the scanner passes is JSON, and JSON is what it passes: it agrees with Jackson on many mutated texts. */
class JsonScannerAgainstJacksonTests {

    private static final List<String> SEEDS = List.of(
            "{\"a\":[1,2.5,-0,1e10,-1.5E-3,true,false,null,\"x\"],\"b\":{\"c\":{}}}",
            "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83C\\uDF0D\",\"wörld\",\"世界\",\"🌍\"]",
            "[\"a text that is longer than eight bytes\",\"and ends in an escape\\n\",\"and now wörld wide\"]",
            " [ ] ",
            "[[[[{}]]],{\"\":\"\"}]",
            "[0,-0,0.0,10,1E+2]");
    private static final byte[] INTERESTING =
            "{}[]\",:\\/bfnrtu0123456789-+.eE truefalsn \n\t\0\u001f\u007f".getBytes(StandardCharsets.ISO_8859_1);

    private final JsonMapper mapper = JsonMapper.builder().build();

    @Test
    void theScannerAgreesWithJackson() {
        Random random = new Random(42);
        int agreedValid = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] text = mutated(random);

            boolean expected = isUtf8(text) && jacksonAccepts(text);
            boolean actual = scannerAccepts(text);

            assertThat(actual).as(() -> "text " + shown(text)).isEqualTo(expected);
            agreedValid += actual ? 1 : 0;
        }
        assertThat(agreedValid).isBetween(20_000, 180_000);
    }

    private static String shown(byte[] text) {
        StringBuilder shown = new StringBuilder();
        for (byte b : text) {
            shown.append(b > 0x1f && b < 0x7f ? Character.toString(b) : "<%02x>".formatted(b));
        }
        return shown.toString();
    }

    private static byte[] mutated(Random random) {
        byte[] text = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
        int mutations = random.nextInt(3);
        for (int i = 0; i < mutations; i++) {
            text = mutate(text, random);
        }
        return text;
    }

    private static byte[] mutate(byte[] text, Random random) {
        int at = random.nextInt(text.length);
        switch (random.nextInt(4)) {
            case 0 -> {
                byte[] changed = text.clone();
                changed[at] = some(random);
                return changed;
            }
            case 1 -> {
                byte[] shorter = new byte[text.length - 1];
                System.arraycopy(text, 0, shorter, 0, at);
                System.arraycopy(text, at + 1, shorter, at, text.length - at - 1);
                return shorter.length == 0 ? text : shorter;
            }
            case 2 -> {
                byte[] longer = new byte[text.length + 1];
                System.arraycopy(text, 0, longer, 0, at);
                longer[at] = some(random);
                System.arraycopy(text, at, longer, at + 1, text.length - at);
                return longer;
            }
            default -> {
                byte[] cut = new byte[Math.max(1, at)];
                System.arraycopy(text, 0, cut, 0, cut.length);
                return cut;
            }
        }
    }

    private static byte some(Random random) {
        return random.nextInt(4) == 0 ? (byte) random.nextInt(256) : INTERESTING[random.nextInt(INTERESTING.length)];
    }

    private static boolean scannerAccepts(byte[] text) {
        JsonScanner scanner = new JsonScanner("text", text, 0, text.length);
        try {
            scanner.skipValue();
            scanner.expectEnd();
            return true;
        } catch (MoaException e) {
            return false;
        }
    }

    // Jackson takes some sequences that are not UTF-8, as 0xF0 0x80: another decoder might read them otherwise
    private static boolean isUtf8(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private boolean jacksonAccepts(byte[] text) {
        try (JsonParser parser = mapper.createParser(text)) {
            int depth = 0;
            JsonToken token = parser.nextToken();
            if (token == null) {
                return false;
            }
            do {
                switch (token) {
                    case START_ARRAY, START_OBJECT -> depth++;
                    case END_ARRAY, END_OBJECT -> depth--;
                    // decoding is what finds wrong UTF-8
                    case VALUE_STRING, PROPERTY_NAME -> parser.getString();
                    default -> {}
                }
                token = parser.nextToken();
                if (depth == 0 && token != null) {
                    return false;
                }
            } while (token != null);
            return depth == 0;
        } catch (JacksonException e) {
            return false;
        }
    }
}
