"""Rules of the alerts: somebody receives them, and not only in maintenance."""

from __future__ import annotations

from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule


@rule("alerts.emails", source="an alert nobody receives is none")
def prod_alerts_somebody(settings: Settings) -> Problem | None:
    """Prod has somebody who receives its alerts."""
    alerts = settings.alerts
    if settings.tier != "prod" or alerts.emails or alerts.webhook is not None:
        return None
    return Problem(
        found="no receiver in prod",
        allowed="at least one address in alerts.emails, or alerts.webhook",
        mend="`pulumi config set --path 'amora-sync:alerts.emails[0]' ops@example.com`.",
    )


@rule("alerts.thresholds.certificateDays", source="an alert that nothing but time has to mend is noise")
def certificates_are_renewed_before_their_alert(settings: Settings) -> Problem | None:
    """The server certificate is renewed before an alert says that it ends."""
    days, renewal = settings.alerts.thresholds.certificate_days, settings.certificates.server_renewal_days
    if days < renewal:
        return None
    return Problem(
        found=f"{days}, with certificates.serverRenewalDays {renewal}",
        allowed=f"less than {renewal}",
        mend="Set alerts.thresholds.certificateDays lower, or certificates.serverRenewalDays higher.",
    )


@rule("alerts.maintenance", source="REST: alert processing rules: a recurrence ends on the day it begins")
def maintenance_ends_after_it_begins(settings: Settings) -> Problem | None:
    """Maintenance ends later on the day on which it begins."""
    window = settings.alerts.maintenance
    if window is None or window.start < window.end:
        return None
    return Problem(
        found=f"{window.start} to {window.end}",
        allowed="an end later on the same day",
        mend="Set alerts.maintenance.end after alerts.maintenance.start.",
    )
