package dev.moa.protocol.server;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;

/** A reply in the row of a RESP connection: written when it is ready and all before it are written. */
interface RespReply {

    boolean isReady();

    void write(ByteBuf out);

    /** The caller is gone. */
    void abandon();

    /** Returns how many calls it stands for; 0 for a command that called nobody. */
    int calls();

    /** Returns the bytes it holds on to while it waits. */
    int bytes();

    /** A message that nobody asked for; {@code pushing} counts its bytes until it is written. */
    record Pushed(byte[] message, AtomicInteger pushing) implements RespReply {

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(ByteBuf out) {
            out.writeBytes(message);
            abandon();
        }

        @Override
        public void abandon() {
            pushing.addAndGet(-message.length);
        }

        @Override
        public int calls() {
            return 0;
        }

        @Override
        public int bytes() {
            return message.length;
        }
    }

    /** A command's reply that had to queue behind a call. */
    record Done(byte[] bytesOfReply) implements RespReply {

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(ByteBuf out) {
            out.writeBytes(bytesOfReply);
        }

        @Override
        public void abandon() {}

        @Override
        public int calls() {
            return 0;
        }

        @Override
        public int bytes() {
            return bytesOfReply.length;
        }
    }
}
