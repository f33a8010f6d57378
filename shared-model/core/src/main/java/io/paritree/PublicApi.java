package io.paritree;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a type for programs outside of this repository.
 *
 * <p>Its public members keep working from version to version, as {@code CHANGELOG.md} says, unless
 * they mention a type of Paritree that is not marked. All other types may change in any version,
 * except {@code io.paritree.forest.Engine}: it is public API without the mark, because its package
 * uses nothing but the JDK.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface PublicApi {}
