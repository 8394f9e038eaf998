package dev.moa.codec.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alibaba.com.caucho.hessian.io.Hessian2Output;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.sdk.codec.ServiceBodies;
import dev.moa.sdk.codec.ServiceInterface;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Bytes that have opened other Hessian servers do nothing here: no class is looked for, no memory taken. */
class HostileBodiesTests {

    /** Names one class. */
    public interface Shop {
        /** The one. */
        class Item {
            String name = "";
            List<String> tags = new ArrayList<>();
        }

        Item put(Item item, Set<String> names);
    }

    /** Says which classes were asked for through it. */
    private static final class Recording extends ClassLoader {
        private final Set<String> asked = ConcurrentHashMap.newKeySet();

        Recording() {
            super(HostileBodiesTests.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            if (name.startsWith(Shop.class.getName()) && findLoadedClass(name) == null) {
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
            return super.loadClass(name, resolve);
        }
    }

    private final Recording loader = new Recording();
    private final ServiceInterface shop = shop();
    private final ServiceBodies bodies = new HessianCodec().derive(shop);

    private ServiceInterface shop() {
        try {
            return ServiceInterface.of(loader.loadClass(Shop.class.getName()));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read(byte[] bytes) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            bodies.readArguments(shop.method("put"), Payload.of(Payload.Format.HESSIAN, bytes, 0, bytes.length));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    static Stream<String> gadgets() throws IOException {
        try (InputStream in = HostileBodiesTests.class.getResourceAsStream("gadgets.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.endsWith(".") ? line + "Gadget" : line)
                            .toList()
                            .stream();
        }
    }

    @Test
    void noGadgetOfThePublicListsIsEvenLookedFor() throws IOException {
        List<String> names = new ArrayList<>(gadgets().toList());
        names.addAll(List.of(
                "java.lang.Class",
                "java.lang.ProcessBuilder",
                "java.lang.Runtime",
                "java.util.HashMap",
                "java.util.TreeMap",
                "java.util.PriorityQueue",
                "javax.swing.UIDefaults",
                "sun.swing.SwingLazyValue",
                "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
                "java.lang.invoke.SerializedLambda"));
        assertThat(names).hasSizeGreaterThan(200);
        loader.asked.clear();

        for (String name : names) {
            for (byte[] bytes :
                    List.of(object(name), map(name), list(name), list("[" + name), nested(name), klass(name))) {
                assertThatThrownBy(() -> read(bytes))
                        .as(name)
                        .isInstanceOf(MoaException.class)
                        .hasMessageContaining("is not one of the types of " + Shop.class.getName());
            }
        }

        assertThat(loader.asked).doesNotContainAnyElementsOf(names);
    }

    @Test
    void lengthsAndNestingAreBoundedByTheBytesThatAreThere() throws IOException {
        byte[] many = {'V', 4, '[', 'i', 'n', 't', 'I', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xf0};
        byte[] fixed = {'X', 'I', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xf0};
        byte[] fields = definition(Shop.Item.class.getName(), 0x7ffffff0);
        byte[] deepLists = new byte[200_000];
        Arrays.fill(deepLists, (byte) 0x79); // an untyped list of one element
        byte[] deepMaps = new byte[200_000];
        Arrays.fill(deepMaps, (byte) 'H');
        byte[] text = {'R', (byte) 0xff, (byte) 0xff, 'a'};
        byte[] binary = {'A', (byte) 0xff, (byte) 0xff, 1};

        for (byte[] bomb : List.of(many, fixed, fields, deepLists, deepMaps, text, binary, new byte[0])) {
            assertThatThrownBy(() -> read(bomb)).isInstanceOf(MoaException.class);
        }
    }

    @Test
    void aSetOfSetsIsRefusedBeforeItIsHashed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write('N');
        for (int i = 0; i < 40; i++) {
            // two elements: a set of the same, and a reference
            bytes.write(0x72);
            bytes.write(name("java.util.LinkedHashSet"));
        }

        assertThatThrownBy(() -> read(bytes.toByteArray())).isInstanceOf(MoaException.class);
    }

    @Test
    void anotherClassOfTheListInAPlaceIsAFailureAndNotAConfusion() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(definition(Shop.Item.class.getName(), 1));
        bytes.write(name("tags"));
        bytes.write(0x60);
        bytes.write(name("not a list"));
        bytes.write('N');

        assertThatThrownBy(() -> read(bytes.toByteArray()))
                .isInstanceOf(MoaException.class)
                .hasMessageContaining("args: not those of put(");
    }

    private static byte[] object(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(definition(name, 0));
        bytes.write(0x60);
        return bytes.toByteArray();
    }

    private static byte[] nested(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(definition(Shop.Item.class.getName(), 1));
        bytes.write(name("tags"));
        bytes.write(0x60);
        bytes.write(0x79);
        bytes.write(definition(name, 0));
        bytes.write(0x61);
        return bytes.toByteArray();
    }

    private static byte[] klass(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(definition("java.lang.Class", 1));
        bytes.write(name("name"));
        bytes.write(0x60);
        bytes.write(name(name));
        return bytes.toByteArray();
    }

    private static byte[] map(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write('M');
        bytes.write(name(name));
        bytes.write('Z');
        return bytes.toByteArray();
    }

    private static byte[] list(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0x70);
        bytes.write(name(name));
        return bytes.toByteArray();
    }

    private static byte[] definition(String name, int fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write('C');
        bytes.write(name(name));
        Hessian2Output out = new Hessian2Output(bytes);
        out.writeInt(fields);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] name(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Hessian2Output out = new Hessian2Output(bytes);
        out.writeString(text);
        out.flush();
        return bytes.toByteArray();
    }
}
