//! `emit_by_reading!`: the trait of emitters, for one that treats every kind of sensor alike.

/// Implements [`biometrics::Emitter`] by the type's `fn emit(&mut self, &Reading<'_>, u64) -> std::io::Result<()>`.
macro_rules! emit_by_reading {
    ($emitter:ty) => {
        impl biometrics::Emitter for $emitter {
            type Error = std::io::Error;

            fn emit_counter(
                &mut self,
                counter: &biometrics::Counter,
                now_millis: u64,
            ) -> std::io::Result<()> {
                $crate::vitals::before(counter);
                self.emit(&$crate::sensor::Reading::Counter(counter), now_millis)
            }

            fn emit_gauge(
                &mut self,
                gauge: &biometrics::Gauge,
                now_millis: u64,
            ) -> std::io::Result<()> {
                self.emit(&$crate::sensor::Reading::Gauge(gauge), now_millis)
            }

            fn emit_moments(
                &mut self,
                moments: &biometrics::Moments,
                now_millis: u64,
            ) -> std::io::Result<()> {
                self.emit(&$crate::sensor::Reading::Moments(moments), now_millis)
            }

            fn emit_histogram(
                &mut self,
                histogram: &biometrics::Histogram,
                now_millis: u64,
            ) -> std::io::Result<()> {
                self.emit(&$crate::sensor::Reading::Histogram(histogram), now_millis)
            }
        }
    };
}

pub(crate) use emit_by_reading;
