package io.paritree.spark.task;

import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.spark.SparkEnv;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * An object in Java's serialized form, the form in which Spark sends its own functions. For data,
 * the operator may have configured Kryo, which cannot read records.
 *
 * <p>It is deserialized at most once. Thread-safe.
 */
public final class JavaSerialized<T extends Serializable> implements Serializable {
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

  private final byte[] bytes;
  private transient T object;

  public JavaSerialized(T object) {
    this.object = object;
    ByteBuffer written = serializer().serialize(object, ANY);
    this.bytes = new byte[written.remaining()];
    written.get(bytes);
  }

  private static SerializerInstance serializer() {
    return SparkEnv.get().closureSerializer().newInstance();
  }

  @SuppressWarnings("unchecked") // the type that was written
  public synchronized T value() {
    if (object == null) {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      object = (T) serializer().deserialize(ByteBuffer.wrap(bytes), loader, ANY);
    }

    return object;
  }
}
