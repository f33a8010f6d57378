package io.paritree.serving.http;

import java.nio.ByteBuffer;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.GZIPContentDecoder;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * Unpacks the gzip of one body, a part at a time, so that the code that calls it can stop before
 * much is unpacked. Not thread-safe.
 */
final class Unpacking extends GZIPContentDecoder {
  /** Largest part, in bytes. */
  private static final int PART = 8 << 10;

  private RetainableByteBuffer part;

  Unpacking() {
    super(PART); // without pools; see FreshBuffers
  }

  /**
   * Returns the next part; null if nothing can be unpacked without more input.
   *
   * @param packed must not change until this has returned null
   * @throws ZipException if it is not gzip
   */
  RetainableByteBuffer next(ByteBuffer packed) throws ZipException {
    part = null;
    try {
      decodeChunks(packed);
    } catch (RuntimeException e) {
      throw (ZipException) new ZipException("not gzip").initCause(e);
    }

    return part;
  }

  @Override
  protected boolean decodedChunk(RetainableByteBuffer decoded) {
    decoded.retain();
    part = decoded;
    return true;
  }
}
