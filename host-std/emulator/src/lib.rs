//! A local Tencent Cloud SCF endpoint that verifies every signature and really runs functions.
