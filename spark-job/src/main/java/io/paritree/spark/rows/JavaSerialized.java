package io.paritree.spark.rows;

import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.spark.SparkEnv;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * What the driver tells the tasks, or a task the driver, in the form in which Spark sends its own
 * functions: the operator may have set Kryo for data, which cannot read records.
 *
 * <p>Read once per JVM. Thread-safe.
 */
final class Told<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

  private final byte[] bytes;
  private transient T told;

  Told(T told) {
    this.told = told;
    ByteBuffer written = serializer().serialize(told, ANY);
    this.bytes = new byte[written.remaining()];
    written.get(bytes);
  }

  private static SerializerInstance serializer() {
    return SparkEnv.get().closureSerializer().newInstance();
  }

  @SuppressWarnings("unchecked") // what was written
  synchronized T value() {
    if (told == null) {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      told = (T) serializer().deserialize(ByteBuffer.wrap(bytes), loader, ANY);
    }

    return told;
  }
}
