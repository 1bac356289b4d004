/** The shipped roles and policies, and who acts under them. */
package io.mdevmigration.e2e.trust;
