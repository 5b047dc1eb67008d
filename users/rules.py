"""Who may do what with people and service accounts."""

from audit.activity import permission
from infrastructure.rules import MANAGE_INFRASTRUCTURE, manages_infrastructure

permission("users.manage", MANAGE_INFRASTRUCTURE, manages_infrastructure)
