package dev.moa.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptWordsTests {

    @Test
    void theyAreSentAsLettuceWouldSendThem() {
        List<String> words = List.of("", "a", "123456789", "1234567890", "Zürich ☃", "x".repeat(70_000), "end");
        ScriptWords ours =
                new ScriptWords().word("sha").key("moa:{/service/a}:meta").key("moa:{/service/a}:leases");
        CommandArgs<byte[], byte[]> theirs = new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add("sha")
                .addKey(bytes("moa:{/service/a}:meta"))
                .addKey(bytes("moa:{/service/a}:leases"));

        words.forEach(word -> {
            ours.word(word);
            theirs.addValue(bytes(word));
        });

        assertThat(ours.count()).isEqualTo(theirs.count());
        assertThat(sent(ours)).isEqualTo(sent(theirs));
        assertThat(ours.getFirstEncodedKey()).isEqualTo(theirs.getFirstEncodedKey());
    }

    private static String sent(CommandArgs<byte[], byte[]> words) {
        ByteBuf buffer = Unpooled.buffer();
        words.encode(buffer);
        return buffer.toString(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
