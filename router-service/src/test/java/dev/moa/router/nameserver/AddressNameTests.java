package dev.moa.router.nameserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressNameTests {

    @Test
    void everyAddressComesBackAndPrivateOnesAreShort() {
        Set<String> labels = new HashSet<>();
        for (String address : List.of(
                "10.0.0.0",
                "10.255.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "169.254.255.255",
                "8.8.8.8",
                "172.32.0.1",
                "fd00::1")) {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
            for (int port : List.of(1, 6390, 65_535)) {
                String label = AddressName.of(bytes, port);

                assertThat(AddressName.parse(label)).as(label).isEqualTo(bytes);
                assertThat(labels.add(label)).as(label).isTrue();
                assertThat(label.length() == 8)
                        .as(address)
                        .isEqualTo(!List.of("8.8.8.8", "172.32.0.1", "fd00::1").contains(address));
            }
        }
    }

    @Test
    void otherLabelsSpellNothing() {
        for (String label : List.of("user", "zzzzzzzz", "a-b", "123456789", "nothexxx-1", "-1234567")) {
            byte[] address = AddressName.parse(label);
            assertThat(address).as(label).isNull();
        }
    }
}
