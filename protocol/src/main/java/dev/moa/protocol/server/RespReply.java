package dev.moa.protocol.server;

import io.netty.buffer.ByteBuf;

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
